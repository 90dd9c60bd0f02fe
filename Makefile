# SPDX-License-Identifier: GPL-2.0
# sysmon: kernel module, daemon and CLI. `make help` lists the targets.

VERSION	:= 0.1.0
PREFIX	?= /usr/local
DESTDIR	?=
B	:= build

CC	?= gcc
CFLAGS	?= -O2 -g
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wpointer-arith -Wwrite-strings -Wvla
ifneq ($(WERROR),)
WARN	+= -Werror
endif
PKGS	:= libnl-3.0 libnl-genl-3.0 libuv sqlite3 libcurl jansson libsystemd libmicrohttpd
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS)) -linih -lm
CLI_LIBS = $(shell pkg-config --libs ncursesw)

ALL_CFLAGS = -std=gnu11 $(CPPFLAGS) $(CFLAGS) $(WARN) -D_GNU_SOURCE \
	-DSYSMON_VERSION='"$(VERSION)"' -DSYSMON_PREFIX='"$(PREFIX)"' \
	-Isrc -Isrc/lib -Isrc/kmod -I$(B)/gen $(SANITIZE) $(PKG_CFLAGS)

# SANITIZE=1 builds everything with ASan and UBSan into a tree of its own.
ifeq ($(SANITIZE),1)
override SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
O	:= $(B)/san
else ifeq ($(SANITIZE),fuzzer)
# So does this, with clang and its coverage, for the fuzz targets; clang finds
# fault with the kernel's NLMSG_OK.
override CC := clang
override SANITIZE := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Wno-sign-compare
O	:= $(B)/fuzz
else
O	:= $(B)/obj
endif

# One line a step; V=1 shows the whole commands.
V	?= 0
Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),,@printf '  %-4s %s\n' $(1) $(2))

lib_objs := $(patsubst %.c,$(O)/%.o,$(wildcard src/lib/*.c)) $(O)/gen/migrations.o
col_objs := $(patsubst %.c,$(O)/%.o,$(wildcard src/collectord/*.c))
cli_objs := $(patsubst %.c,$(O)/%.o,$(wildcard src/cli/*.c))
unit_tests := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))
fuzz_targets := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
migrations := $(sort $(wildcard sql/[0-9][0-9][0-9][0-9]_*.sql))

.PHONY: all
all: $(O)/sysmon-collectord $(O)/sysmonctl man ui	## Build the daemon, the CLI, the page and the manual pages

.PHONY: help
help:	## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | \
		sed -E 's/^([a-z-]+):.*## */\1\t/' | sort | \
		awk -F'\t' '{ printf "  %-18s %s\n", $$1, $$2 }'

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(O)/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# The one that knows the prefix is made anew for another.
$(O)/prefix: FORCE
	@mkdir -p $(@D)
	@test "$$(cat $@ 2>/dev/null)" = "$(PREFIX)" || echo "$(PREFIX)" >$@
.PHONY: FORCE
FORCE:
$(O)/src/collectord/config_http.o: $(O)/prefix

# The migrations, embedded in the order of their numbers.
$(B)/gen/migrations.c: $(migrations) src/lib/embed-sql.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh src/lib/embed-sql.sh $(migrations) >$@.tmp && mv $@.tmp $@

$(O)/libsysmon.a: $(lib_objs)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(O)/libcollectord.a: $(filter-out %/main.o,$(col_objs))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
# What the CLI shares of the daemon: the configuration and the pure policy.
$(O)/libpolicy.a: $(filter %/meta.o,$(col_objs)) $(filter $(O)/src/collectord/config% $(O)/src/collectord/policy% %/http_address.o,$(col_objs))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(O)/libcli.a: $(filter-out %/main.o,$(cli_objs))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/sysmon-collectord: $(O)/src/collectord/main.o $(O)/libcollectord.a $(O)/libsysmon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(O)/sysmonctl: $(O)/src/cli/main.o $(O)/libcli.a $(O)/libpolicy.a $(O)/libsysmon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(CLI_LIBS)

# contrib/man/NAME.SECTION.scd becomes build/man/NAME.SECTION.
pages	:= $(patsubst contrib/man/%.scd,$(B)/man/%,$(wildcard contrib/man/*.scd))

.PHONY: man
man: $(pages)	## Make the manual pages

$(B)/man/%: contrib/man/%.scd contrib/man/page.sh $(wildcard contrib/man/parts/*.scd) Makefile
	@mkdir -p $(@D)
	$(call say,MAN,$@)
	$(Q)contrib/man/page.sh $(VERSION) $< >$@.tmp && mv $@.tmp $@

# The charts' library is put beside the page; without npm it has none. A second
# try is made when the lock file changes, or with make -B ui.
.PHONY: ui
ui: $(B)/ui/fetched	## Get what the page at /ui makes charts with (npm)

$(B)/ui/fetched: src/collectord/ui/package-lock.json src/collectord/ui/fetch.sh
	$(call say,NPM,$(@D))
	$(Q)src/collectord/ui/fetch.sh $(@D) && touch $@
ui_charts = $(shell ls -d $(B)/ui/uPlot.* 2>/dev/null)

# tests/unit/test_X.c becomes one TAP program; it may use any function of the
# libraries, of the daemon and of the CLI.
$(O)/tests/test_%: tests/unit/test_%.c $(O)/libcli.a $(O)/libcollectord.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.a,$^) -lcmocka $(PKG_LIBS) $(CLI_LIBS)

comma	:= ,
# Tests that let allocations fail, see tests/unit/wrap_alloc.h; and other calls.
wrap	= $(addprefix -Wl$(comma)--wrap=,$(1))
wrap_alloc := $(call wrap,malloc calloc realloc reallocarray strdup)
$(O)/tests/test_step_faults $(O)/tests/test_step_rules: LDFLAGS += $(wrap_alloc)
$(O)/tests/test_jobs: LDFLAGS += $(wrap_alloc) $(call wrap,posix_spawn waitpid pipe2 \
	pidfd_open uv_pipe_open uv_read_start uv_queue_work uv_poll_init uv_poll_start)
$(O)/tests/test_nlsock: LDFLAGS += $(wrap_alloc) $(call wrap,nl_socket_alloc nl_socket_free \
	nl_socket_get_fd nl_socket_add_membership nlmsg_alloc genlmsg_put genl_connect \
	genl_ctrl_resolve genl_ctrl_resolve_grp nl_send_auto recvmsg uv_poll_init uv_poll_start \
	uv_timer_start)
$(O)/tests/test_engine: LDFLAGS += $(wrap_alloc) $(call wrap,curl_easy_init curl_multi_init \
	curl_multi_add_handle curl_multi_socket_action uv_poll_init_socket uv_poll_start uv_timer_start)

# tests/fuzz/fuzz_X.c becomes one fuzzer, with what the daemon and the CLI have.
$(B)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(wildcard tests/fuzz/*.h) $(O)/libcli.a $(O)/libcollectord.a $(O)/libsysmon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(filter %.a,$^) $(PKG_LIBS) $(CLI_LIBS)
$(B)/fuzz/fuzz_http $(B)/fuzz/fuzz_db: $(addprefix $(B)/fuzz/tests/,fuzz/recorded.o record/history.o)

# Seconds that each fuzz target is run for; the hour is of all of them together.
FUZZ_SECONDS ?= 60
FUZZ_HOUR = $$((3600 / $(words $(fuzz_targets)) + 1))

.PHONY: fuzz-targets
fuzz-targets:
	@$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 SANITIZE=fuzzer $(fuzz_targets)

.PHONY: fuzz
fuzz: fuzz-targets	## Feed the parsers what breaks them, with ASan and UBSan: FUZZ_SECONDS each
	@tests/fuzz/run.sh hunt $(FUZZ_SECONDS) $(fuzz_targets)

# What hunts found becomes part of the corpora that check-fuzz replays.
.PHONY: fuzz-merge
fuzz-merge: fuzz-targets	## Add to tests/fuzz/corpus what make fuzz found that reaches more
	@tests/fuzz/run.sh merge $(fuzz_targets)

.PHONY: check-fuzz
check-fuzz: fuzz-targets	## Feed the parsers the corpora, with ASan and UBSan
	prove --merge tests/fuzz/replay.t

# The seeds that are no text.
$(O)/tests/seeds: tests/fuzz/seeds.c tests/unit/message.h src/kmod/uapi/sysmon.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/unit -o $@ $<
.PHONY: fuzz-seeds
fuzz-seeds: $(O)/tests/seeds	## Write the seeds of tests/fuzz/corpus that are messages of the module
	@mkdir -p tests/fuzz/corpus
	$< tests/fuzz/corpus

# The module, built in a copy of its sources, one for each kernel.
KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
M	:= $(B)/modules/$(KVER)

.PHONY: modules
modules:	## Build sysmon.ko for one kernel: KVER=release [KDIR=headers]
	@test -e $(KDIR)/Makefile || { \
		echo "make modules: no kernel headers in $(KDIR): install the package linux-headers-$(KVER), or set KVER" >&2; \
		exit 1; }
	@mkdir -p $(M)/src
	@cp -Ru Kbuild $(M)/ && cp -Ru src/kmod $(M)/src/
	$(MAKE) -C $(KDIR) M=$(abspath $(M)) $(KFLAGS) modules

# Debian's kernels whose headers the dependency script installs; its group flavours adds those with PREEMPT_RT.
KERNELS = $(notdir $(patsubst %/build,%,$(wildcard /lib/modules/*-amd64/build)))

.PHONY: modules-all
modules-all:	## Build sysmon.ko for each kernel whose headers are installed
	@test -n "$(KERNELS)" || { echo "make modules-all: no headers in /lib/modules: run contrib/deps.sh build" >&2; exit 1; }
	@for k in $(KERNELS); do $(MAKE) --no-print-directory modules KVER=$$k || exit; done

# The kernel's own YNL generator and checkpatch, from its source package.
TOOLS	:= $(B)/linux-tools
.PHONY: kernel-tools
kernel-tools:
	@contrib/kernel-tools.sh $(TOOLS)

.PHONY: gen
gen: kernel-tools	## Generate the protocol's files from src/kmod/sysmon.yaml
	src/kmod/gen.sh $(TOOLS) src/kmod

.PHONY: check-gen
check-gen: kernel-tools	## Check that the generated files are current
	@rm -rf $(B)/check-gen && src/kmod/gen.sh $(TOOLS) $(B)/check-gen
	@for f in uapi/sysmon.h genl_gen.h genl_gen.c; do \
		diff -u src/kmod/$$f $(B)/check-gen/$$f || { \
			echo "src/kmod/$$f differs from sysmon.yaml: run make gen" >&2; exit 1; }; \
	done
	@echo "check-gen: generated files are current"

# Documents made from what the programs are made from.
$(O)/tests/metrics-doc: contrib/docs/metrics.c $(O)/libcollectord.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

made_docs = protocol metrics configuration
make_protocol = /usr/bin/python3 contrib/docs/protocol.py src/kmod/sysmon.yaml
make_metrics = $(O)/tests/metrics-doc
make_configuration = /usr/bin/python3 contrib/docs/configuration.py contrib/man/sysmon.conf.5.scd

.PHONY: docs
docs: $(O)/tests/metrics-doc	## Make docs/protocol.md, docs/metrics.md and docs/configuration.md
	$(foreach d,$(made_docs),$(make_$(d)) >docs/$(d).md &&) true

.PHONY: check-docs
check-docs: $(O)/tests/metrics-doc	## Check that those are current
	@mkdir -p $(B)/check-docs
	@$(foreach d,$(made_docs),$(make_$(d)) >$(B)/check-docs/$(d).md && diff -u docs/$(d).md $(B)/check-docs/$(d).md &&) true || { \
		echo "check-docs: run make docs" >&2; exit 1; }
	@echo "check-docs: the documents that are made are current"

.PHONY: check-source
check-source: kernel-tools	## Check style: checkpatch, sparse, clang-format, cppcheck, shellcheck, banned functions
	@tests/check-source.sh $(TOOLS)

# What the guests run beside the daemon.
$(O)/tests/engine_probe: tests/vm/engine_probe.c $(O)/libcollectord.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# Linked statically: the guests of profile mini have few libraries.
$(O)/tests/trust: $(wildcard tests/vm/guest-src/*.[ch]) src/kmod/uapi/sysmon.h
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) -D_GNU_SOURCE -Isrc/kmod -static -o $@ $(filter %.c,$^)

$(O)/tests/lean: tests/bench/lean.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) -D_GNU_SOURCE -static -o $@ $<

.PHONY: unit
unit: $(unit_tests)	## Build the unit tests

# The unit tests build nothing into the tree that runs them. The 200 deaths of
# test_crash would take minutes more with the sanitizers, to no end.
.PHONY: check-unit
check-unit:	## Build and run the unit, CLI, daemon and HTTP tests, then the units under ASan and UBSan
	@$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 all unit $(O)/tests/exposition $(O)/tests/record
	@$(MAKE) --no-print-directory check-docs
	prove --merge --jobs 2 --exec '' $(unit_tests)
	prove --merge $(wildcard tests/cli/*.t tests/daemon/*.t)
	prove --merge --jobs 4 $(wildcard tests/http/*.t tests/grafana/*.t)
	@$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 SANITIZE=1 unit
	prove --merge --jobs 2 --exec '' $(patsubst $(B)/obj/%,$(B)/san/%,$(filter-out %/test_crash,$(unit_tests)))

.PHONY: screenshots
screenshots: $(O)/sysmonctl	## Draw the pictures of sysmonctl top in docs/images/ anew
	@tests/cli/screenshots.sh

# Metrics of made-up containers, for tests/http.
$(O)/tests/exposition: tests/http/exposition.c $(O)/libcollectord.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

# A database of a made-up host, and that host served, for tests of what reads them.
$(O)/tests/record: $(wildcard tests/record/*.[ch]) $(O)/libcollectord.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

$(O)/tests/ingest: tests/bench/ingest.c $(O)/libcollectord.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

.PHONY: bench
bench: bench-ingest bench-latency bench-disk bench-peers	## All measurements but those of queries: of sysmon, and of its peers

.PHONY: bench-ingest
bench-ingest: $(O)/tests/ingest	## Measure what a container-sample costs the daemon
	@tests/bench/ingest.sh $(O)/tests/ingest

.PHONY: bench-peers
bench-peers: $(O)/tests/trust $(O)/tests/lean	## Measure in VMs what a container-sample costs sysmon and its peers
	@tests/bench/peers.sh

.PHONY: bench-query
bench-query: $(O)/sysmonctl	## Measure the CPU time of sysmonctl's queries over 100 containers and 30 days
	@tests/bench/query.sh $(O)/sysmonctl $(B)/bench

.PHONY: bench-query-peers
bench-query-peers: $(O)/sysmonctl	## Measure what PCP takes for such queries of the same month
	@tests/bench/query-peers.sh $(O)/sysmonctl $(B)/bench

.PHONY: bench-latency
bench-latency: $(O)/tests/trust	## Measure in a VM how long an event takes until a reader sees it, and how many are kept
	@tests/vm/run -i -k 6.12 -m 1500 -t 3000 -f tests/vm/py -f $(O)/tests/trust tests/bench/latency.sh

.PHONY: bench-disk
bench-disk: $(O)/tests/record $(O)/tests/trust $(O)/tests/lean	## Measure bytes on disk for each sample: sysmon, Prometheus, and in a VM atop and PCP
	@tests/bench/disk.sh $(O)/tests/record host vm

.PHONY: check-vm
check-vm:	## Run the tests that boot virtual machines
	prove --jobs 2 --timer --exec tests/vm/lib/shown.sh $(wildcard tests/vm/*.t)

.PHONY: check-deb
check-deb:	## Try make install, and the Debian packages in a clean chroot: DKMS, lintian, purge (as root)
	@$(MAKE) --no-print-directory WERROR=1 all
	prove --timer $(wildcard tests/deb/*.t)

# Not part of check-vm; builds the debug kernel where $SYSMON_DEBUG_KERNEL names none.
.PHONY: check-long
check-long:	## Run what takes hours: an hour of fuzzing; in VMs 200 loads, 10^6 messages, failing allocations, a day, an attack, debug kernel
	contrib/deps.sh all
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=$(FUZZ_HOUR)
	prove --timer --exec tests/vm/lib/shown.sh $(wildcard tests/vm/long/*.t)

.PHONY: check
check:	## Install what the tests need, build, and run them all
	contrib/deps.sh all
	@$(MAKE) --no-print-directory check-gen check-source check-unit check-fuzz check-deb check-vm

.PHONY: demo
demo:	## Install what it needs, then show the main job on real containers in a VM
	contrib/deps.sh all
	@$(MAKE) --no-print-directory all
	@tests/demo/run

# What is installed, as MODE:FILE:DESTINATION; uninstall removes exactly these.
# In units and configuration @PREFIX@ becomes the prefix.
UNITDIR	?= $(PREFIX)/lib/systemd/system
# Debian's zsh looks for what packages bring in a place of its own.
ZSHDIR	?= $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
share	= $(PREFIX)/share/sysmon
grafana	:= dashboards provisioning/dashboards provisioning/datasources
put_all	= $(foreach f,$(wildcard $(1)),644:$(f):$(2)/$(notdir $(f)))
installed = \
	755:$(O)/sysmon-collectord:$(PREFIX)/sbin/sysmon-collectord \
	755:$(O)/sysmonctl:$(PREFIX)/bin/sysmonctl \
	644:contrib/systemd/sysmon-collectord.service:$(UNITDIR)/sysmon-collectord.service \
	644:contrib/systemd/sysusers.conf:$(PREFIX)/lib/sysusers.d/sysmon.conf \
	644:contrib/systemd/tmpfiles.conf:$(PREFIX)/lib/tmpfiles.d/sysmon.conf \
	644:contrib/systemd/modules-load.conf:$(PREFIX)/lib/modules-load.d/sysmon.conf \
	644:contrib/systemd/docker-group.conf:$(share)/docker-group.conf \
	644:contrib/modprobe.conf:$(share)/modprobe.conf \
	755:contrib/stress/spawn.sh:$(share)/stress/spawn.sh \
	$(call put_all,$(wildcard src/collectord/ui/*.html src/collectord/ui/*.css src/collectord/ui/*.js) $(ui_charts),$(share)/ui) \
	$(call put_all,contrib/examples/*,$(share)/examples) \
	$(call put_all,contrib/prometheus/*,$(share)/prometheus) \
	644:contrib/compose.yaml:$(share)/compose.yaml \
	$(foreach d,$(grafana),$(call put_all,contrib/grafana/$(d)/*,$(share)/grafana/$(d))) \
	$(call put_all,README.md docs/*.md,$(PREFIX)/share/doc/sysmon) \
	$(call put_all,docs/images/*.svg,$(PREFIX)/share/doc/sysmon/images) \
	$(foreach f,$(pages),644:$(f):$(PREFIX)/share/man/man$(patsubst .%,%,$(suffix $(f)))/$(notdir $(f))) \
	$(foreach f,$(wildcard contrib/completions/*.bash),644:$(f):$(PREFIX)/share/bash-completion/completions/$(basename $(notdir $(f)))) \
	$(foreach f,$(wildcard contrib/completions/*.zsh),644:$(f):$(ZSHDIR)/_$(basename $(notdir $(f)))) \
	$(call put_all,contrib/completions/*.fish,$(PREFIX)/share/fish/vendor_completions.d)

# Configuration that is there is the administrator's and stays.
.PHONY: install
install: all	## Install the daemon, the CLI and their files: DESTDIR, PREFIX
	@set -e; IFS=:; for file in $(installed); do \
		set -- $$file; \
		echo "  PUT  $(DESTDIR)$$3"; \
		install -Dm$$1 "$$2" "$(DESTDIR)$$3"; \
		case $$2 in *.conf|*.service) sed -i 's,@PREFIX@,$(PREFIX),g' "$(DESTDIR)$$3" ;; esac; \
	done
	install -d $(DESTDIR)/etc/sysmon/policy.d
	test -e $(DESTDIR)/etc/sysmon/sysmon.conf || \
		sed 's,@PREFIX@,$(PREFIX),g' contrib/sysmon.conf >$(DESTDIR)/etc/sysmon/sysmon.conf

# Folders that others use too stay, as do configuration and data.
.PHONY: uninstall
uninstall:	## Remove what install put there, but configuration and data: DESTDIR, PREFIX
	rm -f $(foreach f,$(installed),"$(DESTDIR)$(lastword $(subst :, ,$(f)))")
	for dir in $(share)/ui $(grafana:%=$(share)/grafana/%) $(share)/grafana/provisioning $(share)/grafana $(share)/examples $(share)/prometheus $(share)/stress $(share) $(PREFIX)/share/doc/sysmon/images $(PREFIX)/share/doc/sysmon; do \
		test ! -d "$(DESTDIR)$$dir" || rmdir --ignore-fail-on-non-empty "$(DESTDIR)$$dir" || exit; \
	done

.PHONY: modules-install
modules-install: modules	## Install sysmon.ko for KVER and run depmod: DESTDIR
	install -Dm644 $(M)/sysmon.ko $(DESTDIR)/lib/modules/$(KVER)/updates/sysmon.ko
	depmod -b $(if $(DESTDIR),$(DESTDIR),/) $(KVER)

.PHONY: modules-uninstall
modules-uninstall:	## Remove sysmon.ko for KVER and run depmod: DESTDIR
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/sysmon.ko
	depmod -b $(if $(DESTDIR),$(DESTDIR),/) $(KVER)

# The module's source where DKMS looks for it.
dkms_source = $(DESTDIR)/usr/src/sysmon-$(VERSION)
.PHONY: dkms-install
dkms-install:	## Install the source of the module for DKMS: DESTDIR
	install -d $(dkms_source)/src/kmod/uapi
	install -m644 -t $(dkms_source) Kbuild LICENSE
	install -m644 -t $(dkms_source)/src/kmod src/kmod/*.[ch]
	install -m644 -t $(dkms_source)/src/kmod/uapi src/kmod/uapi/*.h
	sed 's,#MODULE_VERSION#,$(VERSION),' contrib/dkms/dkms.conf >$(dkms_source)/dkms.conf

.PHONY: dkms-uninstall
dkms-uninstall:	## Remove that source: DESTDIR (dkms remove sysmon/VERSION --all comes first)
	rm -rf $(dkms_source)

# Into build/deb/.
.PHONY: deb
deb:	## Build the Debian packages sysmon and sysmon-dkms
	@contrib/deb.sh $(VERSION) $(B)/deb

.PHONY: clean
clean:	## Remove what was built; the VM images stay
	rm -rf $(B)/obj $(B)/san $(B)/fuzz $(B)/gen $(B)/man $(B)/modules $(B)/check-gen $(B)/demo $(B)/deb $(B)/bench $(B)/ui $(B)/check-docs

.PHONY: distclean
distclean:	## Remove everything that was built or downloaded
	rm -rf $(B)

-include $(lib_objs:.o=.d) $(col_objs:.o=.d) $(cli_objs:.o=.d) $(unit_tests:=.d) $(fuzz_targets:=.d)
