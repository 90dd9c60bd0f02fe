#!/bin/bash
# The pictures of top in docs/images/, of the made-up machine of busy.sql.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=screen.sh
. "$here/screen.sh"
command -v python3 >/dev/null || bail 'python3 is missing; contrib/deps.sh test'
make_db busy.db busy.sql
keep busy.db
to=$top/docs/images
mkdir -p "$to"

# shot NAME PATTERN TITLE: what is on the screen, once the pattern is.
shot() {
	wait_for 20 shows "$2" || bail "$1: the screen lacks $2"
	tm capture-pane -e -N -p -t top | "$here/screenshot.py" "$3" >"$to/$1.svg" || bail "$1: no picture"
	echo "$to/$1.svg"
}

moment='@1736942395'
# open SIZE ARGUMENT...: and wait until it takes keys.
open() {
	local size=$1
	shift
	start "$size" busy.db --at "$moment" "$@"
	wait_for 20 shows 'q quit' || bail 'top does not come up'
}

open 100x24 --tree
key Down
shot top '├─shop-api' 'sysmonctl top --tree'
key q
open 160x30 --filter shop
key Enter
shot top-detail 'Last events' 'sysmonctl top, one container closely'
key q
open 120x20
key S Down
shot top-stops '^stress-2: killed' 'sysmonctl top, the stop record'
key q
