#!/usr/bin/env bash
# Tries the containers: builds the image, runs a cluster of 1, 2 and 4 workers, trains on it, lets a server answer with the model,
# restarts that and adds another one, adds workers to a running job, stops and kills workers and the coordinator of running jobs, and
# compares every model's hash with that of training in one process.
# Prints what it sees and ends with a non-zero exit code if anything is not as promised. Everything is removed at the end.
#   docker/try.sh              needs Docker with compose
#   NUGET_SOURCE=/packages docker/try.sh      where no feed and no registry can be reached: run docker/local-base-images.sh
#                                             and docker/local-packages.sh before
#   NO_BUILD=1 takes the image that is there, KEEP=1 leaves the cluster running, POSTGRES=1 keeps the journal in PostgreSQL.
#   EPOCHS says how long the jobs are to which something happens, PATIENCE for how many seconds anything is waited for.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-distrec-try} DISTREC_PORT=${DISTREC_PORT:-7410}
export DISTREC_SERVER_PORT=${DISTREC_SERVER_PORT:-7510} DISTREC_SERVER_2_PORT=${DISTREC_SERVER_2_PORT:-7511}
export DISTREC_API_KEY= # of no other server
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
  [ "${KEEP:-}" = 1 ] || "${compose[@]}" --profile two-servers down -v --remove-orphans > /dev/null 2>&1
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
train_on_cluster() { # NAME EPOCHS OPTION…
  "${compose[@]}" run --rm -T submit "${data[@]}" --epochs "$2" --out "/data/$1" "${@:3}" > "$out/$1.json" 2> "$out/$1.err"
}
compare() { # NAME REFERENCE
  local found; found=$(field modelSha256 < "$out/$1.json")
  expect "$1: model's hash" "$2" "${found:-none: $(tail -2 "$out/$1.err" | tr '\n' ' ')}"
}
worker() { "${compose[@]}" ps -q worker | sed -n "$1p"; } # NUMBER
health() { docker inspect "$1" --format '{{.State.Health.Status}}'; } # CONTAINER

# What a container wrote that no volume has; the secrets are mounted there.
written() { docker diff "$1" | grep -vE '^[AC] /(ratings|run(/secrets(/[a-z-]+)?)?)$' | tr '\n' ' '; } # CONTAINER
tool() { "${compose[@]}" run --rm -T distrec "$@" 2> "$out/tool.err"; } # ARGUMENT…

server=http://127.0.0.1:$DISTREC_SERVER_PORT
second=http://127.0.0.1:$DISTREC_SERVER_2_PORT
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; } # URL
ask() { curl -s -H "Authorization: Bearer $DISTREC_API_KEY" "$@"; } # URL
code_with_key() { ask -o /dev/null -w '%{http_code}' "$@"; } # URL
items() { grep -o '"item":"[^"]*"' | cut -d'"' -f4 | tr '\n' ' '; } # < JSON
list() { ask "$1/v1/users/42/recommendations?n=10" | items; } # SERVER

docker/make-secrets.sh
if [ "${NO_BUILD:-}" != 1 ]; then
  say "building"
  "${compose[@]}" build coordinator > "$out/build" 2>&1 || { tail -30 "$out/build"; failures=1; exit 1; }
fi
"${compose[@]}" --profile two-servers down -v --remove-orphans > /dev/null 2>&1
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
expect "files written outside of volumes" "" "$(written "$coordinator")"
expect "a shell in the image" no "$(docker exec "$coordinator" /bin/sh -c true > /dev/null 2>&1 && echo yes || echo no)"
expect "what the host may reach" "7400/tcp -> 127.0.0.1:$DISTREC_PORT" "$(docker port "$coordinator")"
expect "a request without the secret" 401 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$DISTREC_PORT/cluster")"
expect "a question for health, which needs none" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$DISTREC_PORT/health/ready")"
await "the coordinator's own check" healthy health "$coordinator"
await "a worker's own check" healthy health "$(worker 4)"

# What the cluster trains the server answers with, and knows it still when its container is another one.
container=$("${compose[@]}" ps -q server)
await "the server's own check" healthy health "$container"
expect "what the host may reach of the server" "7500/tcp -> 127.0.0.1:$DISTREC_SERVER_PORT" "$(docker port "$container")"
expect "a question to the server without a key" 401 "$(code "$server/v1/users/42/recommendations")"
expect "its page, which needs none" 200 "$(code "$server/")"
DISTREC_API_KEY=$("${compose[@]}" exec -T server /app/distrec keys create --name try --scope admin 2> "$out/key.err")
await "a question with a key" 200 code_with_key "$server/v1/overview"
train_on_cluster served 5 --activate; expect "served: exit code" 0 $?
compare served "$short"
answered=$(list "$server"); say "     recommended: $answered"
expect "served: items in a list of ten" 10 "$(wc -w <<< "$answered")"
expect "served: what the model's folder answers" "$answered" "$(tool recommend --model /data/served --user 42 --json | items)"
expect "served: what the server answers the tools" "$answered" "$(tool recommend --user 42 --json | items)"
best=${answered%% *}
ask -H 'Content-Type: application/json' -d "{\"item\":\"$best\",\"rating\":1}" "$server/v1/users/42/ratings" > "$out/rating"
rated=$(list "$server"); say "     recommended after a rating of $best: $rated"
expect "the list still has the rated item" no "$([[ " $rated" = *" $best "* ]] && echo yes || echo no)"
expect "files that the server wrote outside of volumes" "" "$(written "$container")"

start=$SECONDS; docker stop -t 100 "$container" > /dev/null; say "     the server took $((SECONDS - start)) s to leave"
expect "the server's exit code" 0 "$(docker inspect "$container" --format '{{.State.ExitCode}}')"
"${compose[@]}" rm -f server > "$out/rm" 2>&1; scale 4
await "the server in a new container" 200 code "$server/healthz/ready"
expect "its list" "$rated" "$(list "$server")"
expect "a question without a key" 401 "$(code "$server/v1/users/42/recommendations")"
container=$("${compose[@]}" ps -q server); docker kill "$container" > /dev/null; docker start "$container" > /dev/null
await "the server after it was killed" 200 code "$server/healthz/ready"
expect "its list" "$rated" "$(list "$server")"

"${compose[@]}" --profile two-servers up -d --no-build --no-recreate --scale worker=4 > "$out/up" 2>&1
await "a second server" 200 code "$second/healthz/ready"
expect "its list" "$rated" "$(list "$second")"
docker kill "$container" > /dev/null
await "the second server, when the first is killed" 200 code "$second/healthz/ready"
expect "its list" "$rated" "$(list "$second")"
docker start "$container" > /dev/null
await "the first server again" 200 code "$server/healthz/ready"
"${compose[@]}" --profile two-servers rm -s -f server-2 > "$out/rm" 2>&1
await "the first server alone" 200 code "$server/healthz/ready"
expect "its list" "$rated" "$(list "$server")"
await "nodes in the cluster" 6 count_nodes

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
await "nodes in the cluster" 3 count_nodes
begin grown; say "     hosts before: $(hosts)"
scale 4; await "grown: nodes that host partitions" 4 hosts
goes_on grown
end grown

begin stopped; victim=$(worker 2)
start=$SECONDS; docker stop -t 100 "$victim" > /dev/null; say "     stopped: the worker took $((SECONDS - start)) s to leave"
expect "stopped: the worker's exit code" 0 "$(docker inspect "$victim" --format '{{.State.ExitCode}}')"
await "stopped: nodes in the cluster" 5 count_nodes
goes_on stopped
end stopped

scale 4; await "workers in the cluster" 4 count_workers
# With its process a container's address goes, so there may be nobody to refuse connections: then only the resolver gives it up.
begin killed; docker kill "$(worker 3)" > /dev/null
await "killed: nodes in the cluster" 5 count_nodes
goes_on killed
end killed

scale 4; await "workers in the cluster" 4 count_workers
begin restarted; docker kill "$coordinator" > /dev/null; docker start "$coordinator" > /dev/null
say "     restarted: the coordinator was killed and at once started again"
await "restarted: workers in the cluster" 4 count_workers
goes_on restarted
end restarted

# For longer than it takes the workers to give it up: it has to find them again by what it noted of them.
begin away; docker kill "$coordinator" > /dev/null; sleep 30
expect "away: what the server answers meanwhile" "$rated" "$(list "$server")"
docker start "$coordinator" > /dev/null
say "     away: the coordinator was killed, and started again after half a minute"
await "away: workers in the cluster" 4 count_workers
goes_on away
end away

# The same where nobody is left who is more than half: one worker alone may end its part in the cluster, and has to come back.
scale 1; await "workers in the cluster" 1 count_workers
await "nodes in the cluster" 3 count_nodes
begin alone; docker kill "$coordinator" > /dev/null; sleep 30; docker start "$coordinator" > /dev/null
say "     alone: the coordinator of one worker was killed, and started again after half a minute"
await "alone: workers in the cluster" 1 count_workers
goes_on alone
end alone

"${compose[@]}" stop > "$out/stop" 2>&1
expect "the server's exit code" 0 "$(docker inspect "$container" --format '{{.State.ExitCode}}')"
expect "the coordinator's exit code" 0 "$(docker inspect "$coordinator" --format '{{.State.ExitCode}}')"
exit "$failures"
