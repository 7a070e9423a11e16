#!/usr/bin/env bash
# Draws the secrets that docker-compose.yml mounts, once: what is there already stays. Run it again after deleting a file to
# draw that one anew. The folder is closed to other users of this machine; the files in it can be read by the containers' user.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

draw() { # NAME
  [ -s "secrets/$1" ] || { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' > "secrets/$1"; echo "drew docker/secrets/$1"; }
}
draw cluster
draw postgres-password

# What the coordinator logs in to PostgreSQL with: host:port:database:user:password.
printf 'postgres:5432:distrec:distrec:%s\n' "$(cat secrets/postgres-password)" > secrets/pgpass
chmod 0444 secrets/*
