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
PKGS	:= libnl-3.0 libnl-genl-3.0 libuv sqlite3 libcurl jansson libsystemd
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS)) -linih
CLI_LIBS = $(shell pkg-config --libs ncursesw)

ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) -D_GNU_SOURCE \
	-DSYSMON_VERSION='"$(VERSION)"' -DSYSMON_PREFIX='"$(PREFIX)"' \
	-Isrc -Isrc/lib -Isrc/kmod -I$(B)/gen $(SANITIZE) $(PKG_CFLAGS)

# SANITIZE=1 builds everything with ASan and UBSan into a tree of its own.
ifeq ($(SANITIZE),1)
override SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
O	:= $(B)/san
else
O	:= $(B)/obj
endif

lib_objs := $(patsubst %.c,$(O)/%.o,$(wildcard src/lib/*.c)) $(O)/gen/migrations.o
col_objs := $(patsubst %.c,$(O)/%.o,$(wildcard src/collectord/*.c))
cli_objs := $(patsubst %.c,$(O)/%.o,$(wildcard src/cli/*.c))
unit_tests := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))
migrations := $(sort $(wildcard sql/[0-9][0-9][0-9][0-9]_*.sql))

.PHONY: all
all: $(O)/sysmon-collectord $(O)/sysmonctl	## Build the daemon and the CLI

.PHONY: help
help:	## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | \
		sed -E 's/^([a-z-]+):.*## */\1\t/' | sort | \
		awk -F'\t' '{ printf "  %-18s %s\n", $$1, $$2 }'

$(O)/%.o: %.c | $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(O)/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(O)/flags:
	@mkdir -p $(@D) && touch $@

# The migrations, embedded in the order of their numbers.
$(B)/gen/migrations.c: $(migrations) src/lib/embed-sql.sh
	@mkdir -p $(@D)
	sh src/lib/embed-sql.sh $(migrations) >$@.tmp && mv $@.tmp $@

$(O)/libsysmon.a: $(lib_objs)
	rm -f $@ && $(AR) rcs $@ $^
$(O)/libcollectord.a: $(filter-out %/main.o,$(col_objs))
	rm -f $@ && $(AR) rcs $@ $^
$(O)/libcli.a: $(filter-out %/main.o,$(cli_objs))
	rm -f $@ && $(AR) rcs $@ $^

$(O)/sysmon-collectord: $(O)/src/collectord/main.o $(O)/libcollectord.a $(O)/libsysmon.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(O)/sysmonctl: $(O)/src/cli/main.o $(O)/libcli.a $(O)/libsysmon.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(CLI_LIBS)

# tests/unit/test_X.c becomes one TAP program; it may use any function of the
# libraries, of the daemon and of the CLI.
$(O)/tests/test_%: tests/unit/test_%.c $(O)/libcollectord.a $(O)/libcli.a $(O)/libsysmon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS) $(CLI_LIBS)

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

.PHONY: unit
unit: $(unit_tests)	## Build the unit tests

-include $(lib_objs:.o=.d) $(col_objs:.o=.d) $(cli_objs:.o=.d) $(unit_tests:=.d)
