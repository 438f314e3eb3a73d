# groupware.sh - PostgreSQL, memcached and sogod.
# shellcheck shell=bash

readonly PG_BIN=/usr/lib/postgresql/15/bin
# shellcheck disable=SC2034 # conf/sogod.plist.in names it
readonly DATABASE=postgresql://sogo:sogo@127.0.0.1:$PORT_POSTGRES/sogo

start_postgres() {
  ! running postgres || return 0
  need_free postgres "$PORT_POSTGRES"
  local data=$STATE/postgres/data
  install -d -o postgres -g postgres -m 700 "$STATE/postgres"
  install -d -o postgres -g postgres -m 755 "$STATE/run/postgres"
  if [ ! -e "$data/PG_VERSION" ]; then
    as_user postgres "$PG_BIN/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
      >"$STATE/log/initdb.log" 2>&1 9>&- || die "initdb, see $STATE/log/initdb.log"
  fi
  as_user postgres rm -f "$data/postmaster.pid"
  # Nothing here must outlive a power cut, so nothing waits for the disk.
  local options=(-c listen_addresses=127.0.0.1 -c port="$PORT_POSTGRES" -c unix_socket_directories="$STATE/run/postgres"
    -c max_connections=400 -c shared_buffers=64MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off
    -c timezone=UTC -c log_timezone=UTC)
  detached "$STATE/log/postgres-start.log" setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups \
    "$PG_BIN/pg_ctl" -D "$data" -l "$STATE/postgres/log" -o "${options[*]}" -w start ||
    die "PostgreSQL, see $STATE/postgres/log"
  started postgres "$PORT_POSTGRES" "$data/postmaster.pid"
}

sql() {
  PGOPTIONS="-c client_min_messages=warning" \
    "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PORT_POSTGRES" -U postgres "$@"
}

# The table that SOGo logs users in with and shows as the address list.
make_accounts() {
  if [ "$(sql -Atc "select 1 from pg_database where datname = 'sogo'")" != 1 ]; then
    sql -c "create role sogo login" -c "create database sogo owner sogo"
  fi
  {
    cat <<'SQL'
create table if not exists sogo_users (
  c_uid varchar(64) primary key, c_name varchar(64), c_password varchar(128), c_cn varchar(128),
  mail varchar(128), c_eas varchar(8), displayname varchar(128), givenname varchar(64), sn varchar(64),
  telephonenumber varchar(64), mobile varchar(64), o varchar(64), title varchar(64));
alter table sogo_users owner to sogo;
SQL
    all_users | while IFS='|' read -r user password name allowed telephone title; do
      cat <<SQL
insert into sogo_users
  values ('$user', '$user', '$password', '$name', '$user@$DOMAIN', '$allowed', '$name', '${name%% *}', '${name#* }',
          '$telephone', '', 'easel live', '$title')
  on conflict (c_uid) do update set c_password = excluded.c_password, c_eas = excluded.c_eas;
SQL
    done
  } | sql -d sogo -1 >/dev/null || die "the accounts could not be written"
}

start_memcached() {
  ! running memcached || return 0
  need_free memcached "$PORT_MEMCACHED"
  install -d -o memcache -m 755 "$STATE/run/memcached"
  rm -f "$STATE/run/memcached/pid"
  detached "$STATE/log/memcached.log" memcached -d -u memcache -l 127.0.0.1 -p "$PORT_MEMCACHED" -U 0 -m 64 -c 2048 \
    -P "$STATE/run/memcached/pid"
  started memcached "$PORT_MEMCACHED" "$STATE/run/memcached/pid"
}

# sogod takes its settings from the folder that its GNUstep.conf names; they win
# over /etc/sogo/sogo.conf, which therefore stays as the package left it.
start_sogo() {
  ! running sogo || return 0
  need_free sogo "$PORT_SOGO"
  local home=$STATE/sogo
  install -d -o sogo -g sogo -m 755 "$home" "$STATE/run/sogo"
  install -d -o sogo -g sogo -m 750 "$home/spool" "$home/defaults" "$STATE/log/sogo"
  render "$HERE/conf/sogod.plist.in" >"$home/defaults/sogod.plist"
  chown sogo:sogo "$home/defaults/sogod.plist"
  sed "s#^GNUSTEP_USER_DEFAULTS_DIR=.*#GNUSTEP_USER_DEFAULTS_DIR=$home/defaults#" /etc/GNUstep/GNUstep.conf >"$home/GNUstep.conf"
  rm -f "$STATE/run/sogo/sogo.pid"
  GNUSTEP_CONFIG_FILE=$home/GNUstep.conf HOME=$home TZ=UTC detached "$STATE/log/sogo-start.log" \
    setpriv --reuid=sogo --regid="$(id -g sogo)" --clear-groups /usr/sbin/sogod
  started sogo "$PORT_SOGO" "$STATE/run/sogo/sogo.pid"
}
