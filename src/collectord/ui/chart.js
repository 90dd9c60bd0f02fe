// A chart of some figures over time, by uPlot where that is there. Knows nothing
// of the API but that points have a time and figures by name, null for unknown.

export const available = () => typeof window.uPlot === "function";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Points further apart than that are not joined by a line: something is missing.
function gapLimit(points) {
	const spans = [];
	for (let i = 1; i < points.length; i++)
		spans.push(points[i].time - points[i - 1].time);
	spans.sort((a, b) => a - b);
	return 2.5 * (spans[spans.length >> 1] ?? Infinity);
}

// Steps of an axis of bytes, so that its numbers are round ones.
const powers = Array.from({ length: 50 }, (_, i) => 2 ** i);

// What stands under the chart: no more of a time than tells its marks apart.
function marks(plot, times) {
	const { min, max } = plot.scales.x;
	const parts = max - min > 86400 * 2 ? { month: "2-digit", day: "2-digit" } : {};
	if (max - min <= 86400 * 10)
		Object.assign(parts, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
	if (max - min <= 600)
		parts.second = "2-digit";
	const format = new Intl.DateTimeFormat(undefined, parts);
	return times.map((time) => format.format(new Date(time * 1000)));
}

function columns(points, series) {
	const data = [[], ...series.map(() => [])];
	const limit = gapLimit(points);
	let before = null;
	for (const point of points) {
		if (before !== null && point.time - before > limit) {
			data[0].push((before + point.time) / 2);
			series.forEach((_, i) => data[i + 1].push(null));
		}
		data[0].push(point.time);
		series.forEach(({ of }, i) => data[i + 1].push(of(point) ?? null));
		before = point.time;
	}
	return data;
}

export class Chart {
	// series: [{ label, of: (point) => value }]; show makes a value text.
	constructor(parent, { title, show, series, top, binary }) {
		this.series = series;
		this.show = show;
		this.top = top;
		this.binary = binary;
		this.points = [];
		this.box = document.createElement("div");
		this.box.className = "chart";
		const heading = document.createElement("h3");
		heading.textContent = title;
		this.box.append(heading);
		parent.append(this.box);
		this.observer = new ResizeObserver(() => this.fit());
		this.observer.observe(this.box);
	}

	width() {
		return Math.max(200, this.box.clientWidth - 18);
	}

	fit() {
		if (this.plot && this.plot.width !== this.width())
			this.plot.setSize({ width: this.width(), height: 170 });
	}

	options() {
		const axis = { stroke: colour("--dim"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { stroke: colour("--grid"), width: 1 } };
		const values = (_, ticks) => ticks.map((tick) => this.show(tick));
		return {
			width: this.width(),
			height: 170,
			cursor: { sync: { key: "time" } },
			scales: { y: { range: (_, low, high) => [0, Math.max(high ?? 0, this.top ?? 0) * 1.05 || 1] } },
			axes: [{ ...axis, values: marks, space: 70 }, { ...axis, size: 72, values, ...(this.binary ? { incrs: powers } : {}) }],
			series: [
				{ value: (_, time) => time === null ? "" : new Date(time * 1000).toLocaleString() },
				...this.series.map(({ label }, i) => ({
					label,
					stroke: colour(`--series-${i + 1}`),
					width: 1.5,
					points: { show: false },
					value: (_, value) => this.show(value),
				})),
			],
		};
	}

	set(points) {
		this.points = points;
		const data = columns(points, this.series);
		if (this.plot)
			this.plot.setData(data);
		else
			this.plot = new window.uPlot(this.options(), data, this.box);
	}

	// One point more; what is older than so many seconds goes.
	add(point, seconds) {
		if (this.points.length && this.points.at(-1).time >= point.time)
			return;
		this.set([...this.points.filter(({ time }) => time > point.time - seconds), point]);
	}

	// Anew, in the colours that are now the page's.
	redraw() {
		this.plot?.destroy();
		this.plot = null;
		this.set(this.points);
	}

	remove() {
		this.observer.disconnect();
		this.plot?.destroy();
		this.box.remove();
	}
}
