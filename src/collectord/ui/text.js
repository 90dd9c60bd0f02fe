// How figures, times and texts are shown. Knows neither the page nor the API.

// Texts of containers are of any characters: those that would steer the line
// instead of standing in it are replaced.
const steering = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export const clean = (text) => String(text ?? "").replace(steering, "\ufffd");

const unknown = "\u2013";

const known = (show) => (value) => value === null || value === undefined ? unknown : show(value);

function scaled(value, base, units) {
	let i = 0;
	while (Math.abs(value) >= base && i < units.length - 1) {
		value /= base;
		i++;
	}
	return `${value.toFixed(i > 0 && value < 10 ? 1 : 0)} ${units[i]}`;
}

export const bytes = known((value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]));
export const rate = known((value) => scaled(value, 1024, ["B/s", "KiB/s", "MiB/s", "GiB/s"]));
export const percent = known((value) => `${value.toFixed(value < 10 ? 1 : 0)} %`);
export const number = known((value) => String(Math.round(value * 100) / 100));

export const duration = known((seconds) => {
	const parts = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];
	const said = [];
	let rest = Math.round(seconds);
	for (const [unit, size] of parts) {
		if (rest >= size && said.length < 2)
			said.push(`${Math.floor(rest / size)}${unit}`);
		rest %= size;
	}
	return said.join(" ") || "0s";
});

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "2-digit", day: "2-digit" });

// The day only where it is another one.
export const time = known((seconds) => {
	const when = new Date(seconds * 1000);
	const day = date.format(when);
	return day === date.format(new Date()) ? clock.format(when) : `${day} ${clock.format(when)}`;
});
