#!/bin/sh
# Makes the secrets that are not there yet, each alone in a file that its owner and group may read.
#
#   make-secrets [FOLDER]                  all of them, below FOLDER (default /secrets)
#   make-secrets --account NAME [FOLDER]   one more account at the broker; prints its password
#
# What is there is never changed, so it may run at every start. Nothing is printed but names.
set -eu
umask 027

fail() {
  echo "make-secrets: $1" >&2
  exit 1
}

# 32 bytes of the kernel's, as letters and digits: they need no quotes anywhere.
secret() {
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

# Write a file as a whole or not at all: a start that is cut short leaves no half of a secret.
make() {
  folder=${1%/*}
  [ -s "$1" ] && return 0
  mkdir -p "$folder" && [ -w "$folder" ] || fail "cannot write to $folder; who owns it?"
  made=$(secret)
  [ "${#made}" -eq 64 ] || fail "/dev/urandom gave too little"
  printf '%s' "$made" > "$1.new"
  chmod 0640 "$1.new"
  mv "$1.new" "$1"
  echo "made $1"
}

if [ "${1:-}" = --account ]; then
  name=${2:-}
  root=${3:-/secrets}
  case $name in
    '' | *[!A-Za-z0-9_-]*) fail "an account's name has letters, digits, - and _ only" ;;
  esac
  [ -e "$root/mosquitto/$name" ] && fail "there is an account $name already"
  make "$root/mosquitto/$name" >&2
  cat "$root/mosquitto/$name"
  echo
  exit 0
fi

root=${1:-/secrets}
make "$root/influxdb/admin-password"
make "$root/influxdb/admin-token"
make "$root/grafana/admin-password"
make "$root/grafana/secret-key"
for account in collector device health; do
  make "$root/mosquitto/$account"
done
# Pantau's own copy: it is shown nobody else's password.
if [ ! -s "$root/pantau/mqtt-password" ]; then
  mkdir -p "$root/pantau"
  cp "$root/mosquitto/collector" "$root/pantau/mqtt-password.new"
  chmod 0640 "$root/pantau/mqtt-password.new"
  mv "$root/pantau/mqtt-password.new" "$root/pantau/mqtt-password"
  echo "made $root/pantau/mqtt-password"
fi
