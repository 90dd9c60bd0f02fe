// The page: what is shown where, and when it is asked for anew. What containers
// may choose goes into the document as text alone.

import { get, follow, setToken } from "./api.js";
import { Chart, available } from "./chart.js";
import { bytes, clean, duration, number, percent, rate, time } from "./text.js";

const liveSeconds = 900; // up to that, each sample is added as it comes
const topEvery = 2000;
const listsEvery = 30000;
const eventsMax = 100;

const byId = (id) => document.getElementById(id);

function element(tag, text, className) {
	const e = document.createElement(tag);
	e.textContent = clean(text);
	if (className)
		e.className = className;
	return e;
}

const state = {
	range: Number(byId("range").value),
	container: null, // what the document of the newest tick says of it
	machineCharts: [],
	containerCharts: [],
	loaded: new Map(), // list of charts -> when its history was
	cpus: 1,
};

const perCpu = (key) => (point) => point[key] === null ? null : point[key] / state.cpus;
const plain = (key) => (point) => point[key];

const machineCharts = [
	{ title: "CPU, of all", show: percent, top: 100, series: [
		{ label: "all", of: perCpu("cpu_pct") }, { label: "user", of: perCpu("cpu_user_pct") },
		{ label: "system", of: perCpu("cpu_system_pct") }, { label: "waits for io", of: perCpu("cpu_iowait_pct") } ] },
	{ title: "Memory", show: bytes, binary: true, series: [
		{ label: "in use", of: plain("mem_used_bytes") }, { label: "cached", of: plain("mem_cached_bytes") },
		{ label: "swap", of: plain("swap_used_bytes") } ] },
	{ title: "Pressure: some task waits", show: percent, series: [
		{ label: "CPU", of: plain("psi_cpu_some_pct") }, { label: "memory", of: plain("psi_mem_some_pct") },
		{ label: "io", of: plain("psi_io_some_pct") } ] },
];

const containerCharts = [
	{ title: "CPU, of one", show: percent, series: [
		{ label: "all", of: plain("cpu_pct") }, { label: "user", of: plain("cpu_user_pct") },
		{ label: "system", of: plain("cpu_system_pct") }, { label: "quota", of: plain("cpu_limit_pct") } ] },
	{ title: "Memory", show: bytes, binary: true, series: [
		{ label: "in use", of: plain("mem_bytes") }, { label: "working set", of: plain("mem_working_set_bytes") },
		{ label: "limit", of: plain("mem_limit_bytes") } ] },
	{ title: "Network", show: rate, binary: true, series: [
		{ label: "received", of: plain("net_rx_bps") }, { label: "sent", of: plain("net_tx_bps") } ] },
	{ title: "Disk", show: rate, binary: true, series: [
		{ label: "read", of: plain("io_read_bps") }, { label: "written", of: plain("io_write_bps") } ] },
];

// What is wrong, at the top of the page: a list of texts.
function complain(problems) {
	byId("problems").replaceChildren(...problems.map((text) => element("li", text)));
	byId("problems").hidden = problems.length === 0;
}

function say(text, good) {
	byId("state").textContent = text;
	byId("state").className = good ? "good" : "bad";
}

// Has what a request failed for shown; the next turn tries again.
function failed(error) {
	if (error.status === 401)
		byId("token").hidden = false;
	say(error.status ? error.message : "the daemon does not answer", false);
}

function tile(name, value, more) {
	const box = document.createElement("div");
	const shown = element("dd", value);
	if (more)
		shown.append(" ", element("small", more));
	box.append(element("dt", name), shown);
	return box;
}

function showTiles(top) {
	const s = top.system;
	byId("tiles").replaceChildren(
		tile("CPU", s.cpu_pct === null ? percent(null) : percent(s.cpu_pct / state.cpus), `of ${s.cpus ?? "?"}`),
		tile("Memory", bytes(s.mem_used_bytes), `of ${bytes(s.mem_total_bytes)}`),
		tile("Load", number(s.load1), `${number(s.load5)} ${number(s.load15)}`),
		tile("Containers", String(top.containers.length)),
		tile("Newest sample", time(top.time), top.stale ? "not the present" : ""));
}

const nameOf = (container) => container.name ?? container.id ?? container.cgroup;

function cell(text, className) {
	return element("td", text, className);
}

function containerRow(c) {
	const row = document.createElement("tr");
	const name = document.createElement("td");
	const button = element("button", nameOf(c));
	button.type = "button";
	button.addEventListener("click", () => choose(c));
	name.className = "text";
	name.append(button);
	row.setAttribute("aria-selected", String(state.container?.id === c.id));
	row.append(name, cell(percent(c.cpu_pct), "number"), cell(bytes(c.mem_bytes), "number"),
		cell(percent(c.mem_pct), "number"), cell(rate(c.net_rx_bps), "number"), cell(rate(c.net_tx_bps), "number"),
		cell(rate(c.io_read_bps), "number"), cell(rate(c.io_write_bps), "number"), cell(number(c.pids), "number"),
		cell(c.image, "text"));
	return row;
}

function showContainers(top) {
	const wanted = byId("filter").value.toLowerCase();
	const rows = top.containers.filter((c) => `${nameOf(c)} ${c.image ?? ""}`.toLowerCase().includes(wanted));
	// A button that has the keyboard keeps it.
	const focused = [...byId("container-rows").querySelectorAll("button")].indexOf(document.activeElement);
	byId("container-rows").replaceChildren(...rows.map(containerRow));
	if (focused >= 0)
		byId("container-rows").querySelectorAll("button")[focused]?.focus({ preventScroll: true });
}

function makeCharts(parent, all) {
	if (!available())
		return [];
	return all.map((options) => new Chart(byId(parent), options));
}

async function loadHistory(charts, container) {
	if (!charts.length)
		return;
	state.loaded.set(charts, Date.now());
	try {
		const { points } = await get("api/v1/history", { container, since: `-${state.range}s` });
		charts.forEach((chart) => chart.set(points));
	} catch (error) {
		state.loaded.delete(charts);
		throw error;
	}
}

// How old a history may be: a point's width, a minute where new ones are added.
function isDue(charts) {
	const age = Date.now() - (state.loaded.get(charts) ?? 0);
	return age > (state.range <= liveSeconds ? 60000 : Math.max(10000, state.range / 120 * 1000));
}

async function refresh(charts, container, point) {
	if (isDue(charts))
		await loadHistory(charts, container);
	else if (point && state.range <= liveSeconds)
		charts.forEach((chart) => chart.add(point, state.range));
}

function fact(name, value) {
	return [element("dt", name), element("dd", value)];
}

function choose(container) {
	close();
	state.container = container;
	byId("container").hidden = false;
	byId("container-name").textContent = clean(nameOf(container));
	byId("container-facts").replaceChildren(
		...fact("Image", container.image), ...fact("Command", container.command),
		...fact("Started", time(container.started)), ...fact("Runtime", container.runtime),
		...fact("Id", container.id), ...fact("Cgroup", container.cgroup));
	state.containerCharts = makeCharts("container-charts", containerCharts);
	loadHistory(state.containerCharts, container.id).catch(failed);
	byId("container").scrollIntoView({ behavior: "smooth", block: "nearest" });
}

function close() {
	state.containerCharts.forEach((chart) => chart.remove());
	state.loaded.delete(state.containerCharts);
	state.containerCharts = [];
	state.container = null;
	byId("container").hidden = true;
}

async function showTop() {
	const top = await get("api/v1/top");
	state.cpus = top.system.cpus || 1;
	showTiles(top);
	showContainers(top);
	await refresh(state.machineCharts, "system", { time: top.time, ...top.system });
	if (!state.container)
		return;
	const now = top.containers.find(({ id }) => id === state.container.id);
	await refresh(state.containerCharts, state.container.id, now && { time: top.time, ...now });
}

async function showHealth() {
	const health = await get("healthz");
	complain(health.problems.map(({ what, remedy }) => `${what}: ${remedy}`));
	say(health.healthy ? "all is well" : "not well", health.healthy);
}

// Who ended it, in a few words.
function endedBy(stop) {
	if (stop.rule)
		return `rule ${stop.rule}`;
	if (stop.oom)
		return `out of memory: ${stop.oom.comm ?? "?"}`;
	if (stop.killer)
		return [stop.killer.comm, stop.killer.parent && `of ${stop.killer.parent}`].filter(Boolean).join(" ");
	return "";
}

function stopRow(stop) {
	const row = document.createElement("tr");
	const exit = stop.signal ? `signal ${stop.signal}` : stop.exit_code ?? "";
	row.append(cell(time(stop.stopped)), cell(nameOf(stop), "text"), cell(duration(stop.duration), "number"),
		cell(stop.reason), cell(exit), cell(endedBy(stop), "text"),
		cell(bytes(stop.final?.mem_peak_bytes), "number"), cell(stop.command, "text"));
	return row;
}

async function showStops() {
	const { stopped } = await get("json_file", { since: `-${state.range}s`, limit: 200 });
	byId("stop-rows").replaceChildren(...stopped.reverse().map(stopRow));
}

const eventKey = (event) => `${event.session}.${event.seq}.${event.type}.${event.time}`;

function eventItem(event) {
	const item = document.createElement("li");
	const words = [event.type, nameOf(event), event.reason, event.rule && `rule ${event.rule}`, event.action,
		event.signal && `signal ${event.signal}`, event.count && `${event.count} times`, event.detail];
	item.dataset.key = eventKey(event);
	item.append(element("time", time(event.time)), element("span", words.filter(Boolean).join(" ")));
	return item;
}

function addEvent(event) {
	const list = byId("event-list");
	const key = eventKey(event);
	if ([...list.children].some((item) => item.dataset.key === key))
		return;
	list.prepend(eventItem(event));
	while (list.children.length > eventsMax)
		list.lastChild.remove();
}

async function showEvents() {
	const { events } = await get("api/v1/events", { limit: 50 });
	events.forEach(addEvent);
}

function watchEvents() {
	follow({
		onOpen() {
			byId("stream-state").textContent = "live";
			showEvents().catch(failed);
		},
		onEvent(event) {
			addEvent(event);
			if (event.type === "stop")
				showStops().catch(failed);
		},
		onLost() {
			byId("stream-state").textContent = "not connected";
		},
	});
}

// Does it now and again, one at a time, while the page is seen.
function repeat(work, ms) {
	const turn = async () => {
		if (!document.hidden)
			await work().catch(failed);
		setTimeout(turn, ms);
	};
	turn();
}

function reload() {
	state.loaded.clear();
	showTop().catch(failed);
	showStops().catch(failed);
	if (state.container)
		loadHistory(state.containerCharts, state.container.id).catch(failed);
}

byId("range").addEventListener("change", () => {
	state.range = Number(byId("range").value);
	reload();
});
byId("filter").addEventListener("input", () => showTop().catch(failed));
byId("container-close").addEventListener("click", close);
byId("token").addEventListener("submit", (event) => {
	event.preventDefault();
	setToken(byId("token-text").value.trim());
	byId("token-text").value = "";
	byId("token").hidden = true;
	reload();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
	[...state.machineCharts, ...state.containerCharts].forEach((chart) => chart.redraw());
});

byId("no-charts").hidden = available();
state.machineCharts = makeCharts("machine-charts", machineCharts);
repeat(showTop, topEvery);
repeat(showHealth, 5000);
repeat(showStops, listsEvery);
watchEvents();
