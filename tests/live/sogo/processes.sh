# processes.sh - starts daemons, remembers them, stops exactly those.
# A record, $STATE/run/pids/NAME, holds "PID STARTTIME"; a process is ours only
# while both still match, so a number that the kernel has reused is never hit.
# shellcheck shell=bash

# Field 22 of /proc/PID/stat; nothing for a process that is gone or a zombie.
start_time() { awk '{ sub(/^.*\) /, ""); if ($1 != "Z") print $20 }' "/proc/$1/stat" 2>/dev/null || true; }
alive() { [ -n "$1" ] && [ -n "$2" ] && [ "$(start_time "$1")" = "$2" ]; }
running() {
  local pid start
  read -r pid start 2>/dev/null <"$STATE/run/pids/$1" && alive "$pid" "$start"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
need_free() { # NAME PORT...
  local name=$1 port
  shift
  for port in "$@"; do
    ! listens "$port" || die "port $port ($name) is taken by someone else; set EASEL_LIVE_PORT_OFFSET"
  done
}

# until_ok SECONDS COMMAND...: tries every 50 ms.
until_ok() {
  local tries=$(($1 * 20))
  shift
  while ! "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.05
  done
}

# detached LOG COMMAND...: own session, no terminal, and no descriptor of ours: a daemon that kept the lock,
# or the pipe of whoever reads our messages, would hold them up for as long as it lives.
detached() {
  local log=$1
  shift
  (
    cd /
    for descriptor in "/proc/$BASHPID/fd/"*; do
      descriptor=${descriptor##*/}
      [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
    done
    exec setsid "$@"
  ) >>"$log" 2>&1 </dev/null
}
as_user() {
  local user=$1
  shift
  setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
}

pid_in() { head -n 1 "$1" 2>/dev/null | tr -dc 0-9; }
pid_file_valid() { [ -d "/proc/$(pid_in "$1")" ] && [ -n "$(pid_in "$1")" ]; }
# started NAME PORT PIDFILE: waits for both, then records the process.
started() {
  until_ok 30 listens "$2" || die "$1 does not listen on 127.0.0.1:$2; its log is under $STATE/log"
  until_ok 10 pid_file_valid "$3" || die "$1 wrote no process id to $3"
  local pid
  pid=$(pid_in "$3")
  mkdir -p "$STATE/run/pids"
  echo "$pid $(start_time "$pid")" >"$STATE/run/pids/$1"
  say "$1 is up"
}

descendants() { # PID: "pid start" of each
  local child children
  read -ra children <<<"$(cat "/proc/$1/task/"*/children 2>/dev/null | tr '\n' ' ')"
  for child in "${children[@]}"; do
    echo "$child $(start_time "$child")"
    descendants "$child"
  done
}
gone() { ! alive "$1" "$2"; }
# stop NAME SIGNAL SECONDS: asks, waits, then kills it and what it has left behind.
stop() {
  local record=$STATE/run/pids/$1 pid start children
  [ -e "$record" ] || return 0
  read -r pid start <"$record" || true
  if alive "$pid" "$start"; then
    children=$(descendants "$pid")
    kill -"$2" "$pid" 2>/dev/null || true
    until_ok "$3" gone "$pid" "$start" || kill -KILL "$pid" 2>/dev/null || true
    while read -r pid start; do
      [ -z "$pid" ] || until_ok 1 gone "$pid" "$start" || kill -KILL "$pid" 2>/dev/null || true
    done <<<"$children"
    say "$1 stopped"
  fi
  rm -f "$record"
}
stop_all() {
  stop nginx TERM 3
  stop sogo TERM 3
  stop postfix TERM 5
  stop dovecot TERM 5
  stop memcached TERM 3
  stop postgres INT 10
}

# wipe_state: only a folder that up has marked as its own.
wipe_state() {
  [ -e "$STATE" ] || return 0
  [ -e "$STATE/.easel-live" ] || die "$STATE was not made by this script, so it is not removed"
  rm -rf -- "$STATE"
}

# render TEMPLATE: the file with each @NAME@ replaced by that variable; an unknown one is an error.
render() {
  local text name
  text=$(<"$1")
  while [[ $text =~ @([A-Z][A-Z0-9_]*)@ ]]; do
    name=${BASH_REMATCH[1]}
    [ -n "${!name+set}" ] || die "$1 names the unknown variable $name"
    text=${text//"@$name@"/"${!name}"}
  done
  printf '%s\n' "$text"
}
