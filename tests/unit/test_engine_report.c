// SPDX-License-Identifier: GPL-2.0
/* What the record says of the engines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "collectord/engine_report.h"
#include "collectord/status.h"

static json_t *report(const struct engine_status *const *engine,
		      unsigned int count, size_t size)
{
	char out[STATUS_SIZE_engines];
	json_t *list;

	engine_report(engine, count, out, size);
	list = json_loads(out, 0, NULL);
	assert_true(json_is_array(list));
	return list;
}

static const char *text_of(json_t *list, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(list, i), key));
}

static void an_engine_is_told_with_its_reason(void **state)
{
	const struct engine_status podman = {
		.name = "podman",
		.socket = "/run/podman.sock",
		.state = ENGINE_UNAVAILABLE,
		.automatic = true,
		.error = "Permission denied",
		.connects = 3,
	};
	json_t *list = report((const struct engine_status *[]){ &podman }, 1,
			      STATUS_SIZE_engines);
	json_t *one = json_array_get(list, 0);

	(void)state;
	assert_string_equal(text_of(list, 0, "state"), "unavailable");
	assert_string_equal(text_of(list, 0, "error"), "Permission denied");
	assert_true(json_is_true(json_object_get(one, "auto")));
	assert_true(json_is_null(json_object_get(one, "api")));
	assert_int_equal(json_integer_value(json_object_get(one, "connects")),
			 3);
	json_decref(list);
}

/* Reasons quote what an engine answered, and may be long. */
static void long_reasons_do_not_hide_the_engines(void **state)
{
	char error[384], path[108];
	struct engine_status e = { .name = "docker",
				   .socket = path,
				   .state = ENGINE_UNAVAILABLE,
				   .error = error };
	const struct engine_status *four[] = { &e, &e, &e, &e };
	json_t *list;

	(void)state;
	memset(error, 'x', sizeof(error) - 1);
	memcpy(error + 159, "\xc3\xa9", 2); /* is cut in two */
	error[sizeof(error) - 1] = 0;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;

	list = report(four, 4, STATUS_SIZE_engines);

	assert_int_equal(json_array_size(list), 4);
	assert_int_equal(strspn(text_of(list, 3, "error"), "x"), 159);
	json_decref(list);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
	const struct engine_status a = { .name = "a", .socket = "/a" };
	const struct engine_status b = { .name = "b", .socket = "/b" };
	const struct engine_status *both[] = { &a, &b };
	size_t had = 0;

	(void)state;
	for (size_t size = 3; size < 512; size++) {
		json_t *list = report(both, 2, size);
		size_t n = json_array_size(list);

		assert_true(n >= had);
		if (n)
			assert_string_equal(text_of(list, 0, "name"), "a");
		had = n;
		json_decref(list);
	}
	assert_int_equal(had, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_engine_is_told_with_its_reason),
		cmocka_unit_test(long_reasons_do_not_hide_the_engines),
		cmocka_unit_test(what_does_not_fit_is_left_out_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
