// SPDX-License-Identifier: GPL-2.0
/* The verdicts of explain.h: the daemon's own decisions on what is stored. */
#include "explain.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rowset.h"
#include "lib/timerange.h"

/* As the daemon: a sample counts for so long. */
#define FRESH_TICKS 3
#define FRESH_NS    (5 * NSEC_PER_SEC)

#define VERDICT_ENTRY(id, k, t, u, s, d, sql) \
	{                                     \
		.key = (k),                   \
		.title = (t),                 \
		.unit = UNIT_##u,             \
		.show = SHOW_##s,             \
		.drop = (d),                  \
	},
const struct field verdict_fields[] = { VERDICT_FIELDS(VERDICT_ENTRY) };

/* The containers that run, and what a rule makes of them. */
struct subjects {
	struct query *query;
	int64_t now_ns;
	int64_t interval_ns; /* of the newest tick; 0: none */
	struct rowset rows;  /* SUBJECT_FIELDS */
	struct container_meta **meta;
	/* For the rule at hand. */
	struct policy_container *c;
	struct policy_verdict *verdict;
	struct policy_figures *figures;
	struct policy_run (*run)[POLICY_WHEN_MAX];
};

static char *copy_value(const struct value *v)
{
	return v->type == VALUE_TEXT ? strndup(v->s.p, v->s.len) : NULL;
}

static int add_label(struct container_meta *meta, const char *key,
		     const char *value)
{
	struct meta_label *label =
		reallocarray(meta->label, meta->labels + 1, sizeof(*label));

	if (!label)
		return -ENOMEM;
	meta->label = label;
	label += meta->labels++;
	label->key = strdup(key);
	label->value = strdup(value);
	return label->key && label->value ? 0 : -ENOMEM;
}

/* Labels that make no sense count as not known. */
static int take_labels(struct container_meta *meta, const struct value *v)
{
	json_t *labels = NULL, *value;
	const char *key;
	int rc = 0;

	if (v->type == VALUE_TEXT)
		labels = json_loadb(v->s.p, v->s.len, JSON_ALLOW_NUL, NULL);
	meta->have_labels = json_is_object(labels);
	json_object_foreach(labels, key, value)
	{
		if (!json_is_string(value))
			meta->have_labels = false;
		else if (!rc)
			rc = add_label(meta, key, json_string_value(value));
	}
	json_decref(labels);
	return rc;
}

/* What an engine told of the container, as far as that is stored. */
static struct container_meta *make_meta(const struct value *row)
{
	struct container_meta *meta = calloc(1, sizeof(*meta));

	if (!meta)
		return NULL;
	meta->id = copy_value(&row[SUBJECT_ID]);
	meta->name = copy_value(&row[SUBJECT_NAME]);
	meta->image = copy_value(&row[SUBJECT_IMAGE]);
	meta->command = copy_value(&row[SUBJECT_COMMAND]);
	meta->state = META_RUNNING;
	if (row[SUBJECT_STARTED_NS].type == VALUE_INT)
		meta->started_ns = row[SUBJECT_STARTED_NS].i;
	if (meta->id && take_labels(meta, &row[SUBJECT_LABELS]) == 0)
		return meta;
	meta_free(meta);
	return NULL;
}

static void subjects_free(struct subjects *s)
{
	for (unsigned int i = 0; s->meta && i < s->rows.count; i++)
		meta_free(s->meta[i]);
	free(s->meta);
	free(s->c);
	free(s->verdict);
	free(s->figures);
	free(s->run);
	rowset_free(&s->rows);
}

static int read_interval(struct subjects *s)
{
	struct value tick[TICK_COUNT];
	int r = query_tick(s->query, TICK_NEWEST, 0, tick);

	if (r > 0)
		s->interval_ns =
			seconds_to_ns(value_number(&tick[TICK_INTERVAL], 0));
	/* The module has no other. */
	if (s->interval_ns < 0 || s->interval_ns > SYSMON_INTERVAL_MAX_NS)
		s->interval_ns = 0;
	return r < 0 ? r : 0;
}

static int subjects_read(struct subjects *s)
{
	struct cursor c;
	int r = read_interval(s);
	size_t n;

	if (!r)
		r = query_subjects(s->query, &c);
	if (!r)
		r = rowset_read(&s->rows, &c);
	if (r)
		return r;
	n = (size_t)s->rows.count + 1;
	s->meta = calloc(n, sizeof(*s->meta));
	s->c = calloc(n, sizeof(*s->c));
	s->verdict = calloc(n, sizeof(*s->verdict));
	s->figures = calloc(n, sizeof(*s->figures));
	s->run = calloc(n, sizeof(*s->run));
	if (!s->meta || !s->c || !s->verdict || !s->figures || !s->run)
		return -ENOMEM;
	for (unsigned int i = 0; i < s->rows.count; i++) {
		s->meta[i] = make_meta(rowset_row(&s->rows, i));
		if (!s->meta[i])
			return -ENOMEM;
	}
	return 0;
}

/* The columns of a history of a container. */
enum {
#define POINT_ENUM(id, ...) POINT_OF_##id,
	POINT_FIELDS(POINT_ENUM) CONTAINER_RATES(POINT_ENUM) POINT_OF_COUNT
};

/* Those that take_figures() takes. */
static const char figures_taken[] =
	",cpu_pct,io_read_bps,io_write_bps,mem_bytes,mem_limit_bytes,"
	"mem_working_set_bytes,swap_bytes,swap_limit_bytes,pids,pids_limit,";

static void take(struct policy_figures *f, enum policy_figure to,
		 const struct value *v, double scale)
{
	if (v->type != VALUE_NULL)
		figure_set(f, to, value_number(v, 0) * scale);
}

static void take_figures(struct policy_figures *f, const struct value *row)
{
	double span = value_number(&row[POINT_OF_SPAN], 0);

	f->have = 0;
	if (span > 0) {
		take(f, FIGURE_CPU, &row[POINT_OF_CPU], 100 / span);
		take(f, FIGURE_IO_READ, &row[POINT_OF_IO_READ], 1e6 / span);
		take(f, FIGURE_IO_WRITE, &row[POINT_OF_IO_WRITE], 1e6 / span);
	}
	take(f, FIGURE_MEM, &row[POINT_OF_MEM], 1);
	take(f, FIGURE_MEM_LIMIT, &row[POINT_OF_MEM_LIMIT], 1);
	take(f, FIGURE_WORKING_SET, &row[POINT_OF_MEM_WORKING_SET], 1);
	take(f, FIGURE_SWAP, &row[POINT_OF_SWAP], 1);
	take(f, FIGURE_SWAP_LIMIT, &row[POINT_OF_SWAP_LIMIT], 1);
	take(f, FIGURE_PIDS, &row[POINT_OF_PIDS], 1);
	take(f, FIGURE_PIDS_LIMIT, &row[POINT_OF_PIDS_LIMIT], 1);
}

/* The sample follows the one before it: no tick is missing in between. */
static bool follows(const struct subjects *s, int64_t before_ns, int64_t ts_ns,
		    double span_us)
{
	int64_t most = s->interval_ns + s->interval_ns / 2;
	int64_t apart = ts_ns - before_ns;

	return before_ns && span_us > 0 && apart > 0 && apart <= most;
}

/* Goes through the container's samples as the daemon did. */
static int read_runs(struct subjects *s, const struct policy_rule *rule,
		     unsigned int i, int64_t since_ns, int64_t *last_ns)
{
	const struct value *row = rowset_row(&s->rows, i);
	struct value v[QUERY_COLUMNS_MAX] = { 0 };
	struct policy_sample sample;
	struct cursor c;
	int r = query_history_container(s->query, HISTORY_RAW,
					row[SUBJECT_ROW].i,
					(struct history_range){ since_ns,
								s->now_ns },
					figures_taken, &c);

	*last_ns = 0;
	while (!r && (r = cursor_next(&c, v)) > 0) {
		int64_t ts = v[POINT_OF_TIME].i;
		double span = value_number(&v[POINT_OF_SPAN], 0);

		take_figures(&sample.figures, v);
		sample.boottime_ns = (uint64_t)ts;
		sample.before_ns =
			follows(s, *last_ns, ts, span) ? (uint64_t)*last_ns : 0;
		for (size_t k = 0; k < rule->whens; k++)
			policy_run_add(&s->run[i][k], &rule->when[k], &sample);
		s->figures[i] = sample.figures;
		*last_ns = ts;
		r = 0;
	}
	return r;
}

/* How far back the samples may matter. */
static int64_t since_of(const struct subjects *s,
			const struct policy_rule *rule)
{
	int64_t longest = 0;

	for (size_t i = 0; i < rule->whens; i++)
		if ((int64_t)rule->when[i].for_ns > longest)
			longest = (int64_t)rule->when[i].for_ns;
	return s->now_ns - longest - 2 * FRESH_TICKS * s->interval_ns -
	       2 * FRESH_NS;
}

static int read_last(struct subjects *s, const struct policy_rule *rule,
		     int64_t container, struct rowset *last)
{
	struct cursor c;
	int r = query_action_state(s->query, container, rule->name, &c);

	return r ? r : rowset_read(last, &c);
}

static bool is_done(const struct value *state)
{
	return value_is(state, "confirmed") || value_is(state, "dry-run") ||
	       value_is(state, "logged");
}

/* Whether the rule has acted on it; if so, for the reason that lasts. */
static int read_done(struct subjects *s, const struct policy_rule *rule,
		     int64_t container, bool *done)
{
	struct rowset last = { 0 };
	int r = read_last(s, rule, container, &last);

	*done = !r && last.count && is_done(rowset_row(&last, 0));
	rowset_free(&last);
	return r;
}

static int describe(struct subjects *s, const struct policy_rule *rule,
		    unsigned int i)
{
	const struct value *row = rowset_row(&s->rows, i);
	int64_t most = FRESH_TICKS * s->interval_ns + FRESH_NS, last = 0;
	bool fresh, done;
	int r = read_done(s, rule, row[SUBJECT_ROW].i, &done);

	memset(s->run[i], 0, sizeof(s->run[i]));
	if (!r && policy_needs_figures(rule))
		r = read_runs(s, rule, i, since_of(s, rule), &last);
	fresh = last && s->now_ns - last <= most;
	s->c[i] = (struct policy_container){
		.meta = row[SUBJECT_CLAIMS].i == 1 ? s->meta[i] : NULL,
		.running = true,
		.pending = row[SUBJECT_PENDING].type == VALUE_TEXT &&
			   !value_is(&row[SUBJECT_PENDING], rule->name),
		.done = done,
		.run = fresh ? s->run[i] : NULL,
		.figures = fresh ? &s->figures[i] : NULL,
	};
	return r;
}

static struct value text_of(const char *text)
{
	return text && *text ? value_text(text, strlen(text)) : value_null();
}

/* The newest action of the rule; after one that was given up there is none. */
static void take_last(struct value *row, const struct rowset *last)
{
	if (!last->count)
		return;
	row[VERDICT_LAST] = rowset_row(last, 0)[0];
	row[VERDICT_ERROR] = rowset_row(last, 0)[1];
	if (value_is(&row[VERDICT_VERDICT], policy_reason_name(POLICY_ACT)) &&
	    value_is(&row[VERDICT_LAST], "given-up"))
		row[VERDICT_VERDICT] = row[VERDICT_LAST];
}

static int tell(struct subjects *s, const struct policy_rule *rule,
		unsigned int i, explain_fn fn, void *arg)
{
	const struct policy_verdict *verdict = &s->verdict[i];
	const struct value *of = rowset_row(&s->rows, i);
	struct rowset last = { 0 };
	char why[POLICY_GROUP_MAX + 128];
	int r = read_last(s, rule, of[SUBJECT_ROW].i, &last);
	struct value row[VERDICT_COUNT] = {
		[VERDICT_RULE] = text_of(rule->name),
		[VERDICT_VERB] = text_of(policy_verb_name(rule->verb)),
		[VERDICT_MODE] = text_of(
			rule->mode == POLICY_DRY_RUN ? "dry-run" : "enforce"),
		[VERDICT_ID] = of[SUBJECT_ID],
		[VERDICT_NAME] = of[SUBJECT_NAME],
		[VERDICT_IMAGE] = of[SUBJECT_IMAGE],
		[VERDICT_COMMAND] = of[SUBJECT_COMMAND],
		[VERDICT_VERDICT] =
			text_of(policy_reason_name(verdict->reason)),
		[VERDICT_GROUP] = text_of(verdict->group),
	};

	row[VERDICT_WHY] =
		text_of(policy_reason_text(rule, verdict, why, sizeof(why)));
	if (verdict->rank) {
		row[VERDICT_RANK] = value_int(verdict->rank);
		row[VERDICT_OF] = value_int(verdict->of);
	}
	if (!r) {
		take_last(row, &last);
		r = fn(arg, row);
	}
	rowset_free(&last);
	return r;
}

static int explain_rule(struct subjects *s, const struct policy_rule *rule,
			explain_fn fn, void *arg)
{
	int r = 0;

	for (unsigned int i = 0; i < s->rows.count && !r; i++)
		r = describe(s, rule, i);
	if (!r)
		r = policy_explain(rule, s->c, s->rows.count, s->now_ns,
				   s->verdict);
	for (unsigned int i = 0; i < s->rows.count && !r; i++)
		r = tell(s, rule, i, fn, arg);
	return r;
}

int explain_all(struct query *q, const struct config *config, int64_t now_ns,
		explain_fn fn, void *arg)
{
	struct subjects s = { .query = q, .now_ns = now_ns };
	int r = subjects_read(&s);

	for (size_t i = 0; i < config->rules && !r; i++)
		r = explain_rule(&s, &config->rule[i], fn, arg);
	subjects_free(&s);
	return r;
}
