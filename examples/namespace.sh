#!/usr/bin/env bash
# Asks for a namespace, approves it, waits until the cluster has it, shows what was made. HTTP and tokens only.
#
#   TEAM=vision NAME=vision-lab CPU=8 MEMORY=32Gi STORAGE=100Gi GPUS=1 FLAVOR=h100 examples/namespace.sh
#
# Needs bash, curl and python3. Exits with 1 and one line as soon as an answer is not what it should be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PORTAL_URL=${PORTAL_URL:-http://127.0.0.1:${PORTAL_PORT:-8000}}
PORTAL_HOME=${PORTAL_HOME:-var}
TEAM=${TEAM:-vision} CLUSTER=${CLUSTER:-main} NAME=${NAME:-$TEAM-$(date +%s)}
CPU=${CPU:-8} MEMORY=${MEMORY:-32Gi} STORAGE=${STORAGE:-100Gi} GPUS=${GPUS:-1} FLAVOR=${FLAVOR:-h100}
ASKER=${ASKER:-alice} APPROVER=${APPROVER:-approver} SECONDS_TO_WAIT=${SECONDS_TO_WAIT:-60}
status='' answer=''

fail() {
    echo "namespace.sh: $*" >&2
    exit 1
}

field() { # field EXPRESSION: of the last answer, which is `a`; None is printed as nothing
    python3 -c 'import json, sys; a = json.loads(sys.argv[1]); v = eval(sys.argv[2]); print("" if v is None else v)' "$answer" "$1" ||
        fail "the answer has no $1: ${answer:0:300}"
}

token() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["token"])' "$PORTAL_HOME/credentials.json" "$1" 2>/dev/null ||
        fail "no token of $1 in $PORTAL_HOME/credentials.json: start the portal first (make run), or set PORTAL_HOME"
}

call() { # call TOKEN METHOD PATH [BODY]: sets status and answer
    local reply
    reply=$(curl -sS -m 30 -X "$2" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' ${4:+--data "$4"} \
        -w '\n%{http_code}' "$PORTAL_URL/api/v1/$3") || fail "$PORTAL_URL does not answer: start the portal (make run) or set PORTAL_URL"
    status=${reply##*$'\n'} answer=${reply%$'\n'*}
}

expect() { # expect STATUS WHAT: the problem's own words otherwise
    [[ $status == "$1" ]] && return
    fail "$2: HTTP $status, $(field '" ".join([str(a.get("detail", ""))] + [k + ": " + " ".join(v) for k, v in a.get("errors", {}).items()])')"
}

wait_for() { # wait_for TOKEN PATH EXPRESSION WHAT: polls until EXPRESSION of the answer is true
    local deadline=$((SECONDS + SECONDS_TO_WAIT))
    while :; do
        call "$1" GET "$2"
        expect 200 "$4"
        [[ $(field "$3") == True ]] && return
        ((SECONDS < deadline)) || fail "$4: not within $SECONDS_TO_WAIT s; last answer: ${answer:0:600}"
        sleep 0.3
    done
}

asker=$(token "$ASKER")
approver=$(token "$APPROVER")
body=$(python3 -c '
import json, sys
team, cluster, name, cpu, memory, storage, flavor, gpus = sys.argv[1:]
print(json.dumps({"team": team, "cluster": cluster, "name": name, "cpu": cpu, "memory": memory, "storage": storage,
                  "gpus": {flavor: gpus} if gpus != "0" else {}, "justification": "Made by examples/namespace.sh."}))
' "$TEAM" "$CLUSTER" "$NAME" "$CPU" "$MEMORY" "$STORAGE" "$FLAVOR" "$GPUS")

echo "$ASKER asks for namespace $NAME of team $TEAM: CPU $CPU, memory $MEMORY, storage $STORAGE, GPUs $GPUS x $FLAVOR"
call "$asker" POST namespace-requests/ "$body"
expect 201 "the request was not accepted"
request=$(field 'a["id"]')
[[ $(field 'a["state"]') == pending ]] || fail "request $request is not pending: $(field 'a["state"]')"

wait_for "$asker" "requests/$request/plan/" 'a["state"] != "preparing"' "the plan of request $request"
[[ $(field 'a["state"]') == ready ]] || fail "the plan is not available: $(field 'a["message"]')"
seen=$(field 'a["version"]')
echo "plan for request $request, version $seen:"
field '"\n".join("  %-10s %-20s %s  %s" % (o["verdict"], o["ref"]["kind"], o["ref"]["name"], o["message"]) for o in a["objects"])'
[[ $(field 'bool(a["objects"]) and all(o["verdict"] == "creates" for o in a["objects"])') == True ]] ||
    fail "the plan of a new namespace must create every object"

call "$approver" POST "requests/$request/approve/" "{\"version\": $seen, \"reason\": \"Approved by examples/namespace.sh.\"}"
expect 200 "$APPROVER could not approve request $request"
[[ $(field 'a["state"]') == approved ]] || fail "request $request is not approved: $(field 'a["state"]')"
echo "$APPROVER approved version $seen"

wait_for "$asker" "requests/$request/" 'a["outcome"] not in ("", None, "applying")' "request $request applied"
[[ $(field 'a["outcome"]') == applied ]] || fail "request $request was not applied: $(field 'a["outcome"]'): $(field 'a["outcome_message"]')"
namespace=$(field 'a["result_id"]')

call "$asker" GET "namespaces/$namespace/"
expect 200 "namespace $namespace"
[[ $(field 'a["name"]') == "$NAME" ]] || fail "namespace $namespace has the name $(field 'a["name"]'), not $NAME"
[[ $(field 'a["generation"] == a["observed_generation"]') == True ]] || fail "the cluster is not confirmed to equal what was approved"
echo "namespace $NAME is in the cluster; its objects:"
field '"\n".join("  %-10s %-20s %s  %s" % (o["state"], o["kind"], o["name"], o["message"]) for o in a["objects"])'
good='("ok", "created", "changed", "unchanged")'
[[ $(field "bool(a[\"objects\"]) and all(o[\"state\"] in $good for o in a[\"objects\"])") == True ]] || fail "not every object is as it should be"
