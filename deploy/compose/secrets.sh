#!/bin/sh
# Makes the secrets that team.yml mounts, once: what is there already is kept, since the store belongs
# to its master key. Needs nothing but a POSIX system.
set -eu

usage() {
    cat <<'TEXT'
usage: secrets.sh PUBLIC_URL

Writes deploy/compose/secrets/ with a master key, passwords, and the address by which
clients reach Genkan, such as https://genkan.example.com. Keep a copy of genkan_master_key.
TEXT
}

case "${1-}" in
--help | -h)
    usage
    exit 0
    ;;
http://?* | https://?*) public_url=$1 ;;
*)
    usage >&2
    exit 2
    ;;
esac

# Only its owner enters the folder. The files inside are readable, since each container reads its own
# under a user of its own.
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/secrets
mkdir -p "$folder"
chmod 700 "$folder"
umask 022

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# keep NAME VALUE: writes the file unless it is there.
keep() {
    if [ -s "$folder/$1" ]; then
        echo "kept  $folder/$1"
    else
        printf '%s' "$2" >"$folder/$1"
        echo "made  $folder/$1"
    fi
}

keep genkan_master_key "$(random)"
keep postgres_password "$(random)"
keep redis_password "$(random)"
keep grafana_password "$(random)"
keep genkan_store_url "postgres://genkan:$(cat "$folder/postgres_password")@postgres/genkan"
keep genkan_redis_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
keep genkan_server_public_url "$public_url"
# Filled once Genkan runs; there before, so that Docker does not make a folder of this name.
[ -e "$folder/prometheus_key" ] || : >"$folder/prometheus_key"
