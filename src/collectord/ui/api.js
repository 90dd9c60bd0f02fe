// The daemon's API: documents, and the stream of events. Owns the token. Knows
// nothing of the page.

const tokenKey = "sysmon-token";

export function setToken(token) {
	sessionStorage.setItem(tokenKey, token);
}

export class Refusal extends Error {
	constructor(status, said) {
		super(said?.error ?? `the daemon answered ${status}`);
		this.status = status;
	}
}

function headers(more) {
	const token = sessionStorage.getItem(tokenKey);
	return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

async function refusal(answer) {
	return new Refusal(answer.status, await answer.json().catch(() => null));
}

export async function get(path, parameters = {}) {
	const query = new URLSearchParams(parameters).toString();
	const answer = await fetch(query ? `${path}?${query}` : path, { headers: headers({}), cache: "no-cache" });
	if (!answer.ok && !(path === "healthz" && answer.status === 503))
		throw await refusal(answer);
	return answer.json();
}

// The messages of a body of text/event-stream.
async function* messages(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let buffer = "";
	for (;;) {
		const { value, done } = await reader.read();
		if (done)
			return;
		buffer += value;
		const whole = buffer.split("\n\n");
		buffer = whole.pop();
		for (const text of whole) {
			const message = {};
			for (const line of text.split("\n")) {
				const colon = line.indexOf(":");
				if (colon > 0)
					message[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
			}
			yield message;
		}
	}
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Calls onEvent for each new event, for as long as the page lives; an EventSource
// can't bring a token. onOpen is called whenever the stream begins, once nothing
// that comes can be missed any more, and onLost with the reason when it ends.
export async function follow({ onOpen, onEvent, onLost }) {
	let last = "";
	for (;;) {
		try {
			const more = last ? { "Last-Event-ID": last } : {};
			const answer = await fetch("api/v1/events", { headers: headers({ Accept: "text/event-stream", ...more }), cache: "no-store" });
			if (!answer.ok)
				throw await refusal(answer);
			for await (const message of messages(answer.body)) {
				if (message.id && !message.data)
					onOpen();
				if (message.data)
					onEvent(JSON.parse(message.data));
				last = message.id ?? last;
			}
			throw new Error("the stream ended");
		} catch (error) {
			onLost(error);
		}
		await sleep(3000);
	}
}
