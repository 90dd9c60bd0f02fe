# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns the harness's paths, messages, locks and its cache of built artefacts. Knows nothing of qemu or of guests.

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
vm_src=$tree/tests/vm
vm_dir=$tree/build/vm
umask 022
export LC_ALL=C.UTF-8
unset LD_LIBRARY_PATH LD_PRELOAD MAKEFLAGS MFLAGS MAKELEVEL

say() { printf 'vm: %s\n' "$*" >&2; }

# The VM itself could not do its work: the one exit status for every failure that is not the script's.
fail() {
	say "$*"
	exit 125
}

need() {
	command -v "$1" >/dev/null 2>&1 || fail "$1 is missing; run contrib/deps.sh vm"
}

# key_of WORD_OR_FILE...: a short content key; a word that names a file stands for its bytes.
key_of() {
	local item
	for item in "$@"; do
		if [ -f "$item" ]; then cat -- "$item"; else printf '%s\n' "$item"; fi
	done | sha256sum | cut -c1-16
}

# artefact NAME KEY TEXT BUILDER [ARG...]: sets $REPLY to the folder that holds the artefact. When the cache has none,
# says TEXT and calls BUILDER with a fresh folder to fill (as its first argument), once however many runs ask for it.
artefact() {
	local name=$1 key=$2 text=$3 builder=$4 lock start=$SECONDS
	shift 4
	REPLY=$vm_dir/cache/$name-$key
	if [ -d "$REPLY" ]; then
		touch "$REPLY"
		return
	fi
	mkdir -p "$vm_dir/cache" "$vm_dir/lock"
	exec {lock}>"$vm_dir/lock/$name"
	flock "$lock"
	if [ ! -d "$REPLY" ]; then
		say "$text ..."
		build_artefact "$builder" "$@"
		say "... done in $((SECONDS - start)) s"
	fi
	exec {lock}>&-
	forget_old "$name" "$key"
}

build_artefact() {
	local builder=$1 final=$REPLY tmp=$REPLY.tmp status
	shift
	remove_tree "$tmp"
	mkdir -p "$tmp"
	set +e
	(
		set -e
		trap 'remove_tree "$tmp"' EXIT
		"$builder" "$tmp" "$@"
		trap - EXIT
	)
	status=$?
	set -e
	[ $status -eq 0 ] || fail "building ${final##*/} failed"
	mv "$tmp" "$final"
	REPLY=$final
}

remove_tree() { rm -rf --one-file-system -- "$1"; }

# Other keys of the same artefact go, unless a run in progress may still read them.
forget_old() {
	local old
	while read -r old; do
		[ "$old" = "$vm_dir/cache/$1-$2" ] || remove_tree "$old"
	done < <(find "$vm_dir/cache" -maxdepth 1 -regextype posix-extended -regex ".*/$1-[0-9a-f]{16}" -mmin +30)
}

# quietly LOG COMMAND...: run with all output in LOG, and show its end when the command fails.
quietly() {
	local log=$1 status=0
	shift
	"$@" >>"$log" 2>&1 </dev/null || status=$?
	if [ $status -ne 0 ]; then
		say "failed ($status): $*"
		tail -n 40 "$log" >&2
	fi
	return $status
}

# Writes the folder $1 as a newc archive, owned by root, to stdout.
cpio_of() (cd "$1" && find . -print0 | sort -z | cpio --quiet -0 -o -H newc -R 0:0)

# Copies the shared libraries that the ELF files given after $1 need, and that are not in $1 yet, to the same paths
# under $1.
copy_libraries() {
	local root=$1 lib
	shift
	{ ldd "$@" 2>/dev/null || :; } | sed -nE 's,^[^:]*[[:space:]](/[^ ()]+)( \(0x.*)?$,\1,p' | sort -u | while read -r lib; do
		[ -e "$root$lib" ] || install -D -m 755 "$lib" "$root$lib"
	done
}

# The files under the folder or file $1 that are dynamically linked ELF, one a line.
elf_files() {
	find "$1" -type f -size +1k ! -name '*.ko' ! -name '*.img' -exec \
		sh -c 'for f; do [ "$(head -c4 "$f" | tr -d "\0")" = "$(printf "\177ELF")" ] && echo "$f"; done; :' sh {} +
}

# Moves bin, sbin, lib and lib64 of the folder $1 under usr, as a merged-/usr system has them.
merge_usr() {
	local dir
	for dir in bin sbin lib lib64; do
		if [ ! -d "$1/$dir" ] || [ -L "$1/$dir" ]; then continue; fi
		mkdir -p "$1/usr/$dir"
		cp -a "$1/$dir/." "$1/usr/$dir/"
		remove_tree "${1:?}/$dir"
	done
}
