#!/bin/sh
# Makes a database such as the daemon leaves behind after a long time, the same
# in each run: raw samples, one a second, for the last RAW seconds, minutes and
# hours for DAYS days, up to the time END (unix seconds, at an hour's edge). Of
# the containers that run all the time 70 in a hundred are idle, 20 wake up now and
# then, 10 work. Beside them one is started and stopped in each minute.
set -eu
usage() { echo "usage: fill.sh DATABASE [CONTAINERS [RAW [DAYS [END]]]]" >&2; exit 2; }
if [ $# -lt 1 ] || [ $# -gt 5 ]; then usage; fi
database=$1
containers=${2:-100}
raw=${3:-172800}
days=${4:-30}
end=${5:-1738281600}
schema=$(cd "$(dirname "$0")/../../sql" && pwd)
rm -f "$database" "$database-wal" "$database-shm"
set -- "$schema"/[0-9]*.sql
{
	echo "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
	PRAGMA temp_store = MEMORY; PRAGMA cache_size = -200000; PRAGMA locking_mode = EXCLUSIVE;
	PRAGMA application_id = 0x5359534d; PRAGMA user_version = $#; BEGIN;"
	cat "$@"
	sed -e "s/:containers/$containers/g" -e "s/:raw/$raw/g" -e "s/:days/$days/g" -e "s/:end/$end/g" \
		"$(dirname "$0")/fill.sql"
	echo 'COMMIT; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL;'
} | sqlite3 -bail "$database" >/dev/null
