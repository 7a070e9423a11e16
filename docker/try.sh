#!/usr/bin/env bash
# Tries the containers: builds the image, runs a cluster of 1, 2 and 4 workers, trains on it, adds workers to a running job,
# stops and kills workers and the coordinator of running jobs, and compares every model's hash with that of training in one process.
# Prints what it sees and ends with a non-zero exit code if anything is not as promised. Everything is removed at the end.
#   docker/try.sh              needs Docker with compose
#   NUGET_SOURCE=/packages docker/try.sh      where no feed and no registry can be reached: run docker/local-base-images.sh
#                                             and docker/local-packages.sh before
#   NO_BUILD=1 takes the image that is there, KEEP=1 leaves the cluster running, POSTGRES=1 keeps the journal in PostgreSQL.
#   EPOCHS says how long the jobs are to which something happens, PATIENCE for how many seconds anything is waited for.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-distrec-try} DISTREC_PORT=${DISTREC_PORT:-7410}
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
[ "${POSTGRES:-}" = 1 ] && export COMPOSE_FILE=docker-compose.yml:docker/compose.postgres.yml
out=$(mktemp -d)
failures=0
epochs=${EPOCHS:-120}
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
  "${compose[@]}" exec -T coordinator /app/distrec cluster status --cluster http://127.0.0.1:7400 --secret-file /run/secrets/cluster --json 2> "$out/status.err"
}
count_workers() { status | grep -o '"role":"worker","state":"up"' | wc -l; }
count_nodes() { status | grep -o '"role":"' | wc -l; } # also those that are lost and not given up yet
await() { # WHAT EXPECTED COMMAND…: asks until it says so
  local what=$1 expected=$2 found='' start=$SECONDS; shift 2
  while [ $((SECONDS - start)) -lt "${PATIENCE:-180}" ]; do
    found=$("$@")
    [ "$found" = "$expected" ] && { say "ok   $what: $found ($((SECONDS - start)) s)"; return; }
    sleep 1
  done
  expect "$what" "$expected" "$found"
}
epoch() { local found; found=$(status | grep -o '"jobs":\[.*' | field epoch); echo "${found:-0}"; } # the newest that the running job has done
has_trained() { [ "$(epoch)" -ge "$1" ] && echo yes || echo no; } # EPOCHS
hosts() { status | grep -oE '"shards":\[[^]]+\]' | wc -l; } # nodes that host partitions
train_on_cluster() { # NAME EPOCHS
  "${compose[@]}" run --rm -T submit "${data[@]}" --epochs "$2" --out "/data/$1" > "$out/$1.json" 2> "$out/$1.err"
}
compare() { # NAME REFERENCE
  local found; found=$(field modelSha256 < "$out/$1.json")
  expect "$1: model's hash" "$2" "${found:-none: $(tail -2 "$out/$1.err" | tr '\n' ' ')}"
}
worker() { "${compose[@]}" ps -q worker | sed -n "$1p"; } # NUMBER
health() { docker inspect "$1" --format '{{.State.Health.Status}}'; } # CONTAINER

docker/make-secrets.sh
if [ "${NO_BUILD:-}" != 1 ]; then
  say "building"
  "${compose[@]}" build coordinator > "$out/build" 2>&1 || { tail -30 "$out/build"; failures=1; exit 1; }
fi
"${compose[@]}" down -v --remove-orphans > /dev/null 2>&1
say "$(docker version --format 'Docker {{.Server.Version}}'), $("${compose[@]}" version --short), image $(docker images --format '{{.ID}} {{.Size}}' "distrec:${DISTREC_TAG:-local}")"

say "training in one process"
for count in 5 "$epochs"; do
  "${compose[@]}" run --rm -T distrec train "${data[@]}" --epochs "$count" --out "/data/reference-$count" > "$out/reference-$count.json" 2> "$out/reference.err" ||
    { cat "$out/reference.err"; failures=1; exit 1; }
done
short=$(field modelSha256 < "$out/reference-5.json"); long=$(field modelSha256 < "$out/reference-$epochs.json")
say "     hashes $short (5 epochs), $long ($epochs)"

for count in 1 2 4; do
  scale "$count"
  await "workers in the cluster" "$count" count_workers
  start=$SECONDS
  train_on_cluster "on-$count" 5; expect "on-$count: exit code" 0 $?
  compare "on-$count" "$short"; say "     in $((SECONDS - start)) s with upload and download"
done

coordinator=$("${compose[@]}" ps -q coordinator)
expect "user, read-only root, capabilities" "1654:1654 true [ALL]" "$(docker inspect "$coordinator" --format '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}')"
expect "files written outside of volumes" "" "$(docker diff "$coordinator" | grep -vE '^[AC] /run(/secrets(/[a-z-]+)?)?$' | tr '\n' ' ')"
expect "a shell in the image" no "$(docker exec "$coordinator" /bin/sh -c true > /dev/null 2>&1 && echo yes || echo no)"
expect "what the host may reach" "7400/tcp -> 127.0.0.1:$DISTREC_PORT" "$(docker port "$coordinator")"
expect "a request without the secret" 401 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$DISTREC_PORT/cluster")"
expect "a question for health, which needs none" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$DISTREC_PORT/health/ready")"
await "the coordinator's own check" healthy health "$coordinator"
await "a worker's own check" healthy health "$(worker 4)"

# A job of many epochs, and what may happen to one.
begin() { # NAME
  train_on_cluster "$1" "$epochs" & job=$!
  await "$1: trains" yes has_trained 2
}
goes_on() { # NAME
  local before; before=$(epoch); say "     $1: at epoch $before of $epochs"
  expect "$1: trains still; if not, raise EPOCHS" yes "$(kill -0 "$job" 2> /dev/null && echo yes || echo no)"
  await "$1: two more epochs, or all" yes went_on "$((before + 2))"
}
went_on() { kill -0 "$job" 2> /dev/null && has_trained "$1" || echo yes; } # EPOCHS; a job that has ended is judged by its hash
end() { # NAME
  wait "$job"; expect "$1: exit code" 0 $?
  compare "$1" "$long"
}

scale 1; await "workers in the cluster" 1 count_workers
await "nodes in the cluster" 2 count_nodes
begin grown; say "     hosts before: $(hosts)"
scale 4; await "grown: nodes that host partitions" 4 hosts
goes_on grown
end grown

begin stopped; victim=$(worker 2)
start=$SECONDS; docker stop --time 100 "$victim" > /dev/null; say "     stopped: the worker took $((SECONDS - start)) s to leave"
expect "stopped: the worker's exit code" 0 "$(docker inspect "$victim" --format '{{.State.ExitCode}}')"
await "stopped: nodes in the cluster" 4 count_nodes
goes_on stopped
end stopped

scale 4; await "workers in the cluster" 4 count_workers
# With its process a container's address goes, so there may be nobody to refuse connections: then only the resolver gives it up.
begin killed; docker kill "$(worker 3)" > /dev/null
await "killed: nodes in the cluster" 4 count_nodes
goes_on killed
end killed

scale 4; await "workers in the cluster" 4 count_workers
begin restarted; docker kill "$coordinator" > /dev/null; docker start "$coordinator" > /dev/null
say "     restarted: the coordinator was killed and at once started again"
await "restarted: workers in the cluster" 4 count_workers
goes_on restarted
end restarted

# For longer than it takes the workers to give it up: it has to find them again by what it noted of them.
begin away; docker kill "$coordinator" > /dev/null; sleep 30; docker start "$coordinator" > /dev/null
say "     away: the coordinator was killed, and started again after half a minute"
await "away: workers in the cluster" 4 count_workers
goes_on away
end away

# The same where nobody is left who is more than half: one worker alone may end its part in the cluster, and has to come back.
scale 1; await "workers in the cluster" 1 count_workers
await "nodes in the cluster" 2 count_nodes
begin alone; docker kill "$coordinator" > /dev/null; sleep 30; docker start "$coordinator" > /dev/null
say "     alone: the coordinator of one worker was killed, and started again after half a minute"
await "alone: workers in the cluster" 1 count_workers
goes_on alone
end alone

"${compose[@]}" stop > "$out/stop" 2>&1
expect "the coordinator's exit code" 0 "$(docker inspect "$coordinator" --format '{{.State.ExitCode}}')"
exit "$failures"
