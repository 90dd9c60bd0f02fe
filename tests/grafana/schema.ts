// What schema.py makes a JSON schema of: a dashboard, and the options of the panels that ours have.
import * as raw from "./node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen";
import * as timeseries from "./node_modules/@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen";
import * as table from "./node_modules/@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen";
import * as stat from "./node_modules/@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen";

export interface Root {
	dashboard: raw.Dashboard;
	timeseries: timeseries.Options;
	timeseriesField: timeseries.FieldConfig;
	table: Partial<table.Options>;
	tableField: Partial<table.FieldConfig>;
	stat: stat.Options;
}
