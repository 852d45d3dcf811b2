#!/usr/bin/env bash
# Installs what the comparisons of load-tests measure Bulwark against: nginx, HAProxy, Redis and PostgreSQL 15
# with its pg_basebackup, from Debian's packages.
# Needs root. What cannot be installed is said in one sentence; the comparisons note its absence and go on without it.
set -u

# A server that its package starts by itself would take ports and cores; the comparisons start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && trap 'rm -f "$policy"' EXIT
fi

missing=0
refreshed=no
# Usage: provide PACKAGE PROGRAM
provide() {
  if PATH="$PATH:/usr/sbin:/sbin" command -v "$2" > /dev/null; then return; fi
  if [ "$refreshed" = no ]; then
    apt-get update -qq > /dev/null 2>&1 || true
    refreshed=yes
  fi
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$1" > /dev/null 2>&1; then
    echo "rivals.sh could not install $1 (apt-get, as $(id -un)): the comparisons will leave it out and say so." >&2
    missing=1
  fi
}

provide nginx nginx
provide haproxy haproxy
provide redis-server redis-server
provide postgresql-15 /usr/lib/postgresql/15/bin/pg_basebackup
exit "$missing"
