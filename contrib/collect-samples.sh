#!/bin/sh
# Collects what nova's log does not say of live migrations: about once a second, while a guest of this host migrates away
# and five seconds longer, what virsh, top, the kernel and ss show of it. Reads only; needs rights for virsh -r and /proc.
#
#   collect-samples.sh [-a] [-o FOLDER] [-n HOST] [-t SECONDS]
#
#   -a  all guests all the time: also how busy they were before (for one or two guests under test)
#   -o  where the files go (default: samples); they tell of tenants' guests, so only their owner may read them
#   -n  nova's name of this host, as its log has it (default: what hostname says)
#   -t  end after so many seconds (default: when interrupted)
#
# In a container, PROC and RUN may say where the host's /proc and /run/libvirt/qemu are.
# Then: novatrail audit LOGS --samples FOLDER
set -u
umask 077
export LC_ALL=C

AFTER=5
proc=${PROC:-/proc}
run=${RUN:-/run/libvirt/qemu}
all=
folder=samples
host=$(hostname)
seconds=0

usage() {
  echo 'usage: collect-samples.sh [-a] [-o FOLDER] [-n HOST] [-t SECONDS]' >&2
  exit 2
}

while getopts ao:n:t: option; do
  case $option in
    a) all=yes ;;
    o) folder=$OPTARG ;;
    n) host=$OPTARG ;;
    t) seconds=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage
case $seconds in
  '' | *[!0-9]*) usage ;;
esac
case $host in
  '' | *[!A-Za-z0-9._-]*) usage ;;
esac
for tool in virsh top ss; do
  command -v "$tool" >/dev/null || {
    echo "collect-samples.sh: there is no $tool on the PATH" >&2
    exit 3
  }
done
mkdir -p "$folder" || exit 3

# block FILE GUEST COMMAND...: adds what the command prints, under a line that says when it ran and of whom.
block() {
  file=$folder/$host.$1
  of=$2
  shift 2
  time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  said=$("$@" 2>&1)
  code=$?
  printf '### %s %s%s host=%s rc=%s\n%s\n' "$time" "$*" "${of:+ domain=$of}" "$host" "$code" "$said" >>"$file"
}

# schedstat PID: run and wait times of the threads of its vCPUs, which are called "CPU 0/KVM".
schedstat() {
  for task in "$proc/$1"/task/*; do
    name=$(cat "$task/comm" 2>/dev/null) || continue
    case $name in
      'CPU '*/*)
        vcpu=${name#CPU }
        times=$(cat "$task/schedstat" 2>/dev/null) && echo "vcpu=${vcpu%%/*} $times"
        ;;
    esac
  done
}

guest() {
  block domjobinfo.txt "$1" virsh -r domjobinfo "$1"
  pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
  block top.txt "$1" top -H -b -n 1 -p "$pid"
  block schedstat.txt "$1" schedstat "$pid"
}

# The destination's libvirt answers with an error.
migrates() {
  virsh -r domjobinfo "$1" 2>/dev/null | grep -q '^Operation: *Outgoing migration'
}

# turns_left GUEST: how often it is still to be looked at, from what was said of it the last time ("guest:turns").
turns_left() {
  for one in $before; do
    case $one in
      "$1":*)
        echo "${one##*:}"
        return
        ;;
    esac
  done
  echo 0
}

# libvirt's daemon, whichever runs here.
daemon_pid() {
  for name in "$proc"/[0-9]*/comm; do
    case $(cat "$name" 2>/dev/null) in
      libvirtd | virtqemud)
        name=${name%/comm}
        echo "${name##*/}"
        return
        ;;
    esac
  done
}

daemon=$(daemon_pid)
end=$(($(date +%s) + seconds))
before=
trap 'exit 0' INT TERM
while [ "$seconds" -eq 0 ] || [ "$(date +%s)" -lt "$end" ]; do
  now=
  for domain in $(virsh -r list --name); do
    if [ -n "$all" ] || migrates "$domain"; then
      left=$AFTER
    else
      left=$(($(turns_left "$domain") - 1))
    fi
    [ "$left" -ge 0 ] || continue
    guest "$domain"
    now="$now $domain:$left"
  done
  if [ -n "$now" ]; then
    block ss.txt '' ss -tn
    [ -z "$daemon" ] || block libvirtd.txt '' top -b -n 1 -p "$daemon"
  fi
  before=$now
  sleep 1
done
