#!/bin/sh
# Turns the secrets of the accounts into mosquitto's password file, then becomes mosquitto.
#
# Every file of SECRETS is an account: its name is the file's, its password stands in it. The broker
# wants hashes in a file of its own user that nobody else can read, so they are made anew at every
# start, in memory, and a changed secret needs a restart only.
set -eu
secrets=${SECRETS:-/run/secrets}
runtime=${RUNTIME:-/run/mosquitto}
umask 077

: > "$runtime/passwords"
for file in "$secrets"/*; do
  name=${file##*/}
  case $name in
    *[!A-Za-z0-9_-]* | '*') continue ;;
  esac
  printf '%s:%s\n' "$name" "$(cat "$file")" >> "$runtime/passwords"
done
[ -s "$runtime/passwords" ] || { echo "start.sh: no account in $secrets" >&2; exit 1; }
mosquitto_passwd -U "$runtime/passwords"

# So that the health check needs no password on its command line.
printf -- '-u health\n-P %s\n' "$(cat "$secrets/health")" > "$runtime/mosquitto_sub"

exec mosquitto -c "${CONFIGURATION:-/mosquitto/config/mosquitto.conf}"
