#!/bin/bash
# Checks on the sources: style, static analysis, banned functions. With the
# kernel's tools from the tree given: check-source.sh LINUX-TOOLS
# shellcheck disable=SC2317,SC2046,SC2086 # functions run by name; file names without spaces
set -u
cd "$(dirname "$0")/.." || exit
tools=$(realpath "$1")
failed=0

# step NAME COMMAND...: shows the command's output when it fails.
step() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		printf 'check-source: %s: ok\n' "$name"
	else
		printf '%s\ncheck-source: %s: FAILED\n' "$out" "$name" >&2
		failed=1
	fi
}

sources() {
	git ls-files -co --exclude-standard "$@" | grep -v 'genl_gen\|kmod/uapi/'
}

# Versions differ in compat.h and nowhere else.
checkpatch() {
	local file ignore status=0
	for file in $(sources 'src/kmod/*.[ch]'); do
		ignore=
		[ "$file" != src/kmod/compat.h ] || ignore=--ignore=LINUX_VERSION_CODE,CONSTANT_COMPARISON
		# shellcheck disable=SC2086
		"$tools/scripts/checkpatch.pl" --no-tree --strict --terse --quiet $ignore -f "$file" || status=1
	done
	return $status
}

no_version_ifdefs() {
	! grep -n 'LINUX_VERSION_CODE\|KERNEL_VERSION' $(sources 'src/kmod/*.[ch]' | grep -v compat.h)
}

# Builds the module anew with sparse, and with warnings as errors.
sparse_all() {
	local release out status=0
	for release in $(basename -a $(dirname /lib/modules/*-cloud-amd64/build)); do
		rm -rf "build/sparse/$release"
		out=$(make -s modules B=build/sparse KVER="$release" KFLAGS="C=2 CF=-D__CHECK_ENDIAN__" 2>&1) || status=1
		if printf '%s\n' "$out" | grep -E 'src/kmod/.*(warning|error)'; then status=1; fi
		[ "$status" = 0 ] || printf '%s\n' "$out" | tail -20
	done
	return $status
}

format() {
	# shellcheck disable=SC2046
	clang-format --dry-run --Werror $(sources 'src/*.[ch]' 'tests/*.[ch]')
}

static_analysis() {
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,portability \
		--suppress=missingIncludeSystem --suppress=unknownMacro -Isrc/lib -Isrc/kmod -Isrc \
		src/lib src/collectord src/cli
}

# Functions without bounds or with hidden state.
banned() {
	! grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|system|popen|atoi|atol|localtime|gmtime|ctime|asctime|tmpnam|mktemp)\(' \
		$(sources 'src/*.[ch]')
}

# uv_ stands only in files whose first comment says so.
uv_is_declared() {
	local file status=0
	while read -r file; do
		if ! sed -n '1,/\*\//p' "$file" | grep -qiE 'uv_|libuv'; then
			echo "$file uses uv_ and its first comment does not say so"
			status=1
		fi
	done < <(grep -lE '\buv_[a-z]' $(sources 'src/*.[ch]'))
	return $status
}

shell_scripts() {
	local file
	for file in $(sources); do
		case $file in *.sh | *.t) echo "$file" && continue ;; esac
		if [ -f "$file" ] && head -c 20 "$file" | tr -d '\0' | grep -q '^#!.*sh'; then echo "$file"; fi
	done
}

shellcheck_all() {
	# shellcheck disable=SC2046
	shellcheck -x $(shell_scripts)
}

# The configuration and the rules for Prometheus, with what the rules are to do.
prometheus() {
	promtool check config contrib/prometheus/prometheus.yml &&
		promtool check rules contrib/prometheus/*.rules.yml &&
		promtool test rules tests/prometheus/rules_test.yml
}

step checkpatch checkpatch
step "versions in compat.h only" no_version_ifdefs
step sparse sparse_all
step clang-format format
step cppcheck static_analysis
step "banned functions" banned
step "uv_ is declared" uv_is_declared
step shellcheck shellcheck_all
step "rules for Prometheus" prometheus
exit $failed
