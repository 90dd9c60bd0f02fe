#!/bin/sh
# Gets the charts' library, by npm and the lock file, into a folder: fetch.sh DIR. Where that can't be done it says so,
# and what is built without it is the page without charts.
set -eu
dir=$1
here=$(dirname "$0")
work=$dir/npm

without() {
	printf 'ui: %s: the page at /ui will have no charts\n' "$1" >&2
	rm -rf "$work"
	exit 0
}

mkdir -p "$dir"
rm -rf "$work" "$dir"/uPlot.*
command -v npm >/dev/null || without 'npm is missing (contrib/deps.sh ui)'
mkdir "$work"
cp "$here/package.json" "$here/package-lock.json" "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000) >"$dir/npm.log" 2>&1 ||
	without "npm could not get it (see $dir/npm.log)"
mv "$work/node_modules/uplot/dist/uPlot.iife.min.js" "$work/node_modules/uplot/dist/uPlot.min.css" "$dir/"
mv "$work/node_modules/uplot/LICENSE" "$dir/uPlot.LICENSE"
rm -rf "$work" "$dir/npm.log"
