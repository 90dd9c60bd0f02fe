// SPDX-License-Identifier: GPL-2.0
/*
 * Where the HTTP server listens and who may ask: addresses, the section [http],
 * the token, the Host header.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectord/config.h"
#include "collectord/http_address.h"
#include "collectord/http_auth.h"

static void assert_address(const char *text, int family, bool local)
{
	struct http_address a;
	const char *why = "";

	if (http_address_parse(text, &a, &why))
		fail_msg("%s: %s", text, why);
	assert_int_equal(a.any.sa_family, family);
	assert_int_equal(a.local, local);
}

static void test_addresses_are_read(void **state)
{
	struct http_address a;
	const char *why;

	(void)state;
	assert_address("127.0.0.1:9815", AF_INET, true);
	assert_address("127.9.9.9:1", AF_INET, true);
	assert_address("[::1]:65535", AF_INET6, true);
	assert_address("unix:/run/sysmon/http.sock", AF_UNIX, true);
	assert_address("0.0.0.0:9815", AF_INET, false);
	assert_address("192.0.2.1:9815", AF_INET, false);
	assert_address("[::]:9815", AF_INET6, false);
	assert_address("[::ffff:127.0.0.1]:9815", AF_INET6, false);
	assert_int_equal(http_address_parse("127.0.0.1:9815", &a, &why), 0);
	assert_int_equal(ntohs(a.in.sin_port), 9815);
	assert_int_equal(a.len, sizeof(a.in));
}

static bool collide(const char *one, const char *other)
{
	struct http_address a, b;
	const char *why;

	assert_int_equal(http_address_parse(one, &a, &why), 0);
	assert_int_equal(http_address_parse(other, &b, &why), 0);
	assert_int_equal(http_address_collide(&a, &b),
			 http_address_collide(&b, &a));
	return http_address_collide(&a, &b);
}

static void test_addresses_that_are_in_each_others_way(void **state)
{
	(void)state;
	assert_true(collide("127.0.0.1:9815", "127.0.0.1:9815"));
	assert_true(collide("127.0.0.1:9815", "0.0.0.0:9815"));
	assert_true(collide("[::1]:9815", "[::1]:9815"));
	assert_true(collide("[::1]:9815", "[::]:9815"));
	assert_true(collide("unix:/a", "unix:/a"));

	assert_false(collide("127.0.0.1:9815", "127.0.0.1:9816"));
	assert_false(collide("127.0.0.1:9815", "127.0.0.2:9815"));
	assert_false(collide("[::1]:9815", "[::2]:9815"));
	assert_false(collide("[::1]:9815", "[::]:9816"));
	assert_false(collide("[::]:9815", "0.0.0.0:9815"));
	assert_false(collide("unix:/a", "unix:/b"));
	assert_false(collide("unix:/a", "127.0.0.1:9815"));
}

static void test_other_addresses_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"9815",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:0",
		"127.0.0.1:1x",
		"1.1.1.1:65536",
		"[::1]9815",
		"[::1]",
		"[::1",
		"localhost:80",
		"unix:",
		"unix:relative",
		":9815",
		"[]:1",
		"1.1.1.1:-1",
		"1.1.1.1:000080",
	};
	struct http_address a;
	char path[200] = "unix:/";
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		why = NULL;
		assert_int_equal(http_address_parse(bad[i], &a, &why), -EINVAL);
		assert_non_null(why);
	}
	memset(path + 6, 'x', 107);
	assert_int_equal(http_address_parse(path, &a, &why), -EINVAL);
	path[6 + 106] = 0;
	assert_int_equal(http_address_parse(path, &a, &why), 0);
}

static void test_hosts_that_are_this_machine(void **state)
{
	(void)state;
	assert_true(http_host_is_local(NULL));
	assert_true(http_host_is_local("localhost"));
	assert_true(http_host_is_local("LocalHost:9815"));
	assert_true(http_host_is_local("127.0.0.1:9815"));
	assert_true(http_host_is_local("127.1.2.3"));
	assert_true(http_host_is_local("[::1]:9815"));
	assert_true(http_host_is_local("[::1]"));
}

static void test_hosts_that_are_not(void **state)
{
	(void)state;
	assert_false(http_host_is_local(""));
	assert_false(http_host_is_local("evil.example:9815"));
	assert_false(http_host_is_local("localhost.evil.example"));
	assert_false(http_host_is_local("127.0.0.1.evil.example"));
	assert_false(http_host_is_local("192.0.2.1"));
	assert_false(http_host_is_local("[::2]"));
	assert_false(http_host_is_local("[::1"));
}

static void assert_config_error(const char *text, const char *message)
{
	struct config_error err;
	struct config config;

	assert_int_equal(config_parse("f", text, strlen(text), &config, &err),
			 -EINVAL);
	assert_string_equal(err.text, message);
}

static void parse_config(const char *text, struct config *config)
{
	struct config_error err;

	if (config_parse("f", text, strlen(text), config, &err))
		fail_msg("%s", err.text);
}

static void test_the_section_has_defaults(void **state)
{
	struct config config;

	(void)state;
	parse_config("", &config);

	assert_true(config.http.enabled);
	assert_string_equal(config.http.listen, "127.0.0.1:9815");
	assert_int_equal(config.http.address.any.sa_family, AF_INET);
	assert_true(config.http.address.local);
	assert_null(config.http.token_file);
	assert_non_null(strstr(config.http.ui, "/share/sysmon/ui"));
	config_free(&config);
}

static void test_the_section_is_read(void **state)
{
	struct config config;

	(void)state;
	parse_config("[http]\nenabled = no\nlisten = unix:/run/x\nmode = 0600\n"
		     "token_file = /etc/t\nui = /srv/ui\n",
		     &config);

	assert_false(config.http.enabled);
	assert_string_equal(config.http.address.un.sun_path, "/run/x");
	assert_int_equal(config.http.mode, 0600);
	assert_string_equal(config.http.token_file, "/etc/t");
	assert_string_equal(config.http.ui, "/srv/ui");
	config_free(&config);
	parse_config("[http]\nui = no\n", &config);
	assert_null(config.http.ui);
	config_free(&config);
}

static void test_other_machines_need_a_token(void **state)
{
	struct config config;

	(void)state;
	assert_config_error("[collector]\n\n[http]\nlisten = 0.0.0.0:9815\n",
			    "f:4: listen: 0.0.0.0:9815 can be reached from "
			    "other machines: that needs a token_file");
	assert_config_error("[http]\nmode=0600\nlisten = [2001:db8::1]:1\n",
			    "f:3: listen: [2001:db8::1]:1 can be reached from "
			    "other machines: that needs a token_file\n"
			    "f:2: mode: only a socket that is a path has one");
	parse_config("[http]\nlisten = 0.0.0.0:1\ntoken_file = /etc/t\n",
		     &config);
	config_free(&config);
	parse_config("[http]\nenabled = no\nlisten = 0.0.0.0:1\n", &config);
	config_free(&config);
}

static void test_bad_values_are_refused(void **state)
{
	(void)state;
	assert_config_error("[http]\nlisten = localhost:9815\n",
			    "f:2: listen: \"localhost:9815\": expected "
			    "ADDRESS:PORT, [IPV6]:PORT or unix:/PATH, such as "
			    "127.0.0.1:9815");
	assert_config_error("[http]\nenabled = maybe\n",
			    "f:2: enabled: \"maybe\" is not yes or no");
	assert_config_error("[http]\nlisten=unix:/x\nmode = 0888\n",
			    "f:3: mode: \"0888\" is not a file's mode such as "
			    "0660");
	assert_config_error("[http]\nlisten=unix:/x\nmode = 2770\n",
			    "f:3: mode: \"2770\" is not a file's mode such as "
			    "0660");
	assert_config_error("[http]\nmode = 0660\n",
			    "f:2: mode: only a socket that is a path has one");
	assert_config_error("[http]\ntoken_file = token\n",
			    "f:2: token_file: \"token\" is not an absolute "
			    "path");
	assert_config_error("[http]\nui = yes\n",
			    "f:2: ui: \"yes\" is neither an absolute path "
			    "nor no");
}

/* A file of the tests' own. */
#define TOKEN "0123456789abcdef"
static char path[] = "/tmp/test_http.XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	return fd < 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static int read_token(const char *text, size_t len, mode_t mode,
		      struct http_token *token, char *why, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	return http_token_read(path, token, why, size);
}

static void test_a_token_is_read(void **state)
{
	struct http_token token;
	char why[256];

	(void)state;
	assert_int_equal(read_token(TOKEN "\n", 17, 0640, &token, why,
				    sizeof(why)),
			 0);
	assert_int_equal(token.len, 16);
	assert_string_equal(token.text, TOKEN);
}

static void assert_no_token(const char *text, size_t len, mode_t mode,
			    const char *part)
{
	struct http_token token;
	char why[256] = "";

	assert_true(read_token(text, len, mode, &token, why, sizeof(why)) < 0);
	if (!strstr(why, part))
		fail_msg("\"%s\" does not say \"%s\"", why, part);
	assert_int_equal(token.len, 0);
}

static void test_bad_token_files_are_refused(void **state)
{
	struct http_token token;
	char why[256], large[HTTP_TOKEN_MAX + 10];

	(void)state;
	memset(large, 'x', sizeof(large));
	assert_no_token(TOKEN "\n", 17, 0644, "everyone may read");
	assert_no_token(TOKEN "\n", 17, 0642, "everyone may read");
	assert_no_token("", 0, 0600, "from 16 to 255 bytes");
	assert_no_token("short\n", 6, 0600, "from 16 to 255 bytes");
	assert_no_token(large, sizeof(large), 0600, "from 16 to 255 bytes");
	assert_no_token("0123456789 abcdef", 17, 0600, "without blanks");
	assert_no_token("0123456789\0abcdef", 17, 0600, "without blanks");
	assert_int_equal(http_token_read("/", &token, why, sizeof(why)),
			 -EINVAL);
	assert_int_equal(http_token_read("/nowhere/x", &token, why,
					 sizeof(why)),
			 -ENOENT);
}

static void test_only_the_token_fits(void **state)
{
	const struct http_token token = { .len = 16, .text = TOKEN };
	const struct http_token none = { 0 };

	(void)state;
	assert_true(http_token_fits(&token, "Bearer " TOKEN));
	assert_true(http_token_fits(&token, "bearer  " TOKEN));
	assert_false(http_token_fits(&token, NULL));
	assert_false(http_token_fits(&token, ""));
	assert_false(http_token_fits(&token, TOKEN));
	assert_false(http_token_fits(&token, "Bearer "));
	assert_false(http_token_fits(&token, "Bearer 0123456789abcde"));
	assert_false(http_token_fits(&token, "Bearer " TOKEN "0"));
	assert_false(http_token_fits(&token, "Bearer " TOKEN TOKEN));
	assert_false(http_token_fits(&token, "Bearer 0123456789abcdeg"));
	assert_false(http_token_fits(&token, "Basic " TOKEN));
	assert_false(http_token_fits(&none, "Bearer "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_are_read),
		cmocka_unit_test(test_addresses_that_are_in_each_others_way),
		cmocka_unit_test(test_other_addresses_are_refused),
		cmocka_unit_test(test_hosts_that_are_this_machine),
		cmocka_unit_test(test_hosts_that_are_not),
		cmocka_unit_test(test_the_section_has_defaults),
		cmocka_unit_test(test_the_section_is_read),
		cmocka_unit_test(test_other_machines_need_a_token),
		cmocka_unit_test(test_bad_values_are_refused),
		cmocka_unit_test(test_a_token_is_read),
		cmocka_unit_test(test_bad_token_files_are_refused),
		cmocka_unit_test(test_only_the_token_fits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
