// SPDX-License-Identifier: GPL-2.0
/* Turns what the netlink sockets report into events of the core. Uses uv_*. */
#include "loop_int.h"

#include <stdio.h>

#include "log.h"

static void on_message(void *data, enum step_source source,
		       const struct message *message)
{
	struct daemon *d = data;
	struct step_event event = { .type = STEP_MESSAGE };

	d->messages++;
	if (message->have_module)
		status_module(d, &message->module);
	event.source = source;
	event.message = message;
	feed(d, &event);
}

static void on_bad(void *data, const struct decode_error *err)
{
	struct daemon *d = data;

	d->messages++;
	d->messages_bad++;
	snprintf(d->message_error, sizeof(d->message_error), "%s %s",
		 err->attribute, err->problem);
	log_warning("a message of the module can't be understood: %s; are "
		    "module and daemon of the same version?",
		    d->message_error);
}

static void on_replay_end(void *data, bool complete)
{
	struct step_event event = { .type = STEP_REPLAY_END };

	event.complete = complete;
	feed(data, &event);
}

static void on_dump_end(void *data, bool complete)
{
	struct step_event event = { .type = STEP_DUMP_END };

	event.complete = complete;
	feed(data, &event);
}

static void on_overrun(void *data)
{
	struct step_event event = { .type = STEP_OVERRUN };

	log_warning("netlink messages were lost: the daemon was too slow; "
		    "events are asked for again, ticks go into a gap");
	feed(data, &event);
}

static void on_state(void *data, bool there, const char *error)
{
	struct daemon *d = data;
	struct step_event event = { .type = STEP_KERNEL };

	if (there)
		log_notice("listening to the kernel module");
	else if (error)
		log_err("the kernel module can't be used: %s", error);
	else if (d->module_there)
		log_warning("the kernel module was unloaded; waiting for it");
	else
		log_warning("the kernel module is not loaded: modprobe sysmon; "
			    "waiting for it");
	d->module_there = there;
	event.there = there;
	feed(d, &event);
	status_notify(d);
}

static void on_refused(void *data, const char *error)
{
	(void)data;
	log_err("the kernel module refuses the configuration (interval, "
		"match): %s",
		error);
}

struct nlsock_config kernel_config(const struct config *config)
{
	return (struct nlsock_config){
		.interval_ns = config->interval_ns,
		.receive_buffer = (int)config->receive_buffer,
		.match = (const char *const *)config->match,
		.matches = config->matches,
	};
}

int kernel_open(struct daemon *d)
{
	static const struct nlsock_callbacks callbacks = {
		.on_message = on_message,
		.on_bad = on_bad,
		.on_replay_end = on_replay_end,
		.on_dump_end = on_dump_end,
		.on_overrun = on_overrun,
		.on_state = on_state,
		.on_refused = on_refused,
	};
	struct nlsock_config config = kernel_config(d->config);
	char err[256];
	int rc = nlsock_new(&d->loop, &config, &callbacks, d, &d->kernel, err,
			    sizeof(err));

	if (rc)
		log_err("%s", err);
	return rc;
}
