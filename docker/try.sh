#!/usr/bin/env bash
# Tries the containers: builds the image, runs a cluster of 1, 2 and 4 workers, trains on it, adds workers to a running job,
# stops and kills workers and the seed of running jobs, and compares every model's hash with that of training in one process.
# Prints what it sees and ends with a non-zero exit code if anything is not as promised. Everything is removed at the end.
#   docker/try.sh              needs Docker with compose
#   NUGET_SOURCE=/packages docker/try.sh      where no feed and no registry can be reached: run docker/local-base-images.sh
#                                             and docker/local-packages.sh before
#   NO_BUILD=1 takes the image that is there, KEEP=1 leaves the cluster running, POSTGRES=1 keeps the journal in PostgreSQL.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-distrec-try} DISTREC_PORT=${DISTREC_PORT:-7410}
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
[ "${POSTGRES:-}" = 1 ] && export COMPOSE_FILE=docker-compose.yml:docker/compose.postgres.yml
out=$(mktemp -d)
failures=0
# Nothing is kept aside for validation, so that the model is that of the last epoch and every epoch counts.
data=(--model als --ratings 2000000 --users 20000 --items 4000 --seed 7 --validation-ratio 0 --partitions 8 --quiet --json)

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }
expect() { # WHAT EXPECTED FOUND
  if [ "$2" = "$3" ]; then say "ok   $1: $3"; else say "FAIL $1: expected $2, found $3"; failures=$((failures + 1)); fi
}
finish() {
  [ "$failures" -eq 0 ] || "${compose[@]}" logs --no-color > "$out/logs" 2>&1
  [ "${KEEP:-}" = 1 ] || "${compose[@]}" down -v --remove-orphans > /dev/null 2>&1
  if [ "$failures" -eq 0 ]; then rm -rf "$out"; say "everything as promised"; else say "$failures not as promised; logs and answers are in $out"; fi
}
trap finish EXIT

field() { grep -o "\"$1\":[^,}]*" | head -1 | cut -d: -f2- | tr -d '"'; } # NAME < JSON
scale() { # COUNT
  "${compose[@]}" up -d --no-build --no-recreate --scale "worker=$1" > "$out/up" 2>&1 || { cat "$out/up"; exit 1; }
}
status() {
  "${compose[@]}" exec -T seed /app/distrec cluster status --cluster http://127.0.0.1:7400 --secret-file /run/secrets/cluster --json 2> "$out/status.err"
}
count_workers() { status | grep -o '"role":"worker"' | wc -l; }
await() { # WHAT EXPECTED COMMAND…: asks until it says so, two minutes at most
  local what=$1 expected=$2 found='' start=$SECONDS; shift 2
  while [ $((SECONDS - start)) -lt 120 ]; do
    found=$("$@")
    [ "$found" = "$expected" ] && { say "ok   $what: $found"; return; }
    sleep 1
  done
  expect "$what" "$expected" "$found"
}
has_trained() { local epoch; epoch=$(status | grep -o '"job":{.*' | field epoch); [ "${epoch:-0}" -ge "$1" ] && echo yes || echo no; } # EPOCHS
hosts() { status | grep -oE '"shards":\[[^]]+\]' | wc -l; } # nodes that host partitions of the running job
train_on_cluster() { # NAME EPOCHS
  "${compose[@]}" run --rm -T submit "${data[@]}" --epochs "$2" --out "/data/$1" > "$out/$1.json" 2> "$out/$1.err"
}
compare() { # NAME REFERENCE
  local found; found=$(field modelSha256 < "$out/$1.json")
  expect "$1: model's hash" "$2" "${found:-none: $(tail -2 "$out/$1.err" | tr '\n' ' ')}"
}
worker() { "${compose[@]}" ps -q worker | sed -n "$1p"; } # NUMBER

docker/make-secrets.sh
if [ "${NO_BUILD:-}" != 1 ]; then
  say "building"
  "${compose[@]}" build seed > "$out/build" 2>&1 || { tail -30 "$out/build"; failures=1; exit 1; }
fi
"${compose[@]}" down -v --remove-orphans > /dev/null 2>&1
say "$(docker version --format 'Docker {{.Server.Version}}'), $("${compose[@]}" version --short), image $(docker images --format '{{.ID}} {{.Size}}' "distrec:${DISTREC_TAG:-local}")"

say "training in one process"
for epochs in 5 40; do
  "${compose[@]}" run --rm -T distrec train "${data[@]}" --epochs "$epochs" --out "/data/reference-$epochs" > "$out/reference-$epochs.json" 2> "$out/reference.err" ||
    { cat "$out/reference.err"; failures=1; exit 1; }
done
short=$(field modelSha256 < "$out/reference-5.json"); long=$(field modelSha256 < "$out/reference-40.json")
say "     hashes $short (5 epochs), $long (40)"

for count in 1 2 4; do
  scale "$count"
  await "workers in the cluster" "$count" count_workers
  start=$SECONDS
  train_on_cluster "on-$count" 5; expect "on-$count: exit code" 0 $?
  compare "on-$count" "$short"; say "     in $((SECONDS - start)) s with upload and download"
done

seed=$("${compose[@]}" ps -q seed)
expect "user, read-only root, capabilities" "1654:1654 true [ALL]" "$(docker inspect "$seed" --format '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}')"
expect "files written outside of volumes" "" "$(docker diff "$seed" | grep -vE '^[AC] /run(/secrets(/[a-z-]+)?)?$' | tr '\n' ' ')"
expect "a shell in the image" no "$(docker exec "$seed" /bin/sh -c true > /dev/null 2>&1 && echo yes || echo no)"
expect "a request without the secret" 401 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$DISTREC_PORT/cluster")"

# A job of 40 epochs, and what may happen to one.
begin() { # NAME
  train_on_cluster "$1" 40 & job=$!
  await "$1: trains" yes has_trained 2
}
end() { # NAME
  wait "$job"; expect "$1: exit code" 0 $?
  compare "$1" "$long"
}

scale 1; await "workers in the cluster" 1 count_workers
begin grown; say "     hosts before: $(hosts)"
scale 4; await "grown: nodes that host partitions" 4 hosts
end grown

begin stopped; victim=$(worker 2); docker stop "$victim" > /dev/null
expect "stopped: the worker's exit code" 0 "$(docker inspect "$victim" --format '{{.State.ExitCode}}')"
await "stopped: workers in the cluster" 3 count_workers
end stopped

scale 4; await "workers in the cluster" 4 count_workers
begin killed; docker kill "$(worker 3)" > /dev/null
await "killed: workers in the cluster" 3 count_workers
end killed

begin seedless; docker kill "$seed" > /dev/null; docker start "$seed" > /dev/null; say "     the seed was killed and started again"
end seedless

"${compose[@]}" stop > /dev/null 2>&1
expect "the seed's exit code" 0 "$(docker inspect "$seed" --format '{{.State.ExitCode}}')"
exit "$failures"
