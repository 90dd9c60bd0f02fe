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
	constructor(parent, { title, show, series, top }) {
		this.series = series;
		this.show = show;
		this.top = top;
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
			axes: [axis, { ...axis, size: 72, values }],
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
