#!/usr/bin/env bash
# Deploys a registered model, predicts, tries a challenger on a share of the requests, promotes it, rolls back, deletes. HTTP and tokens only.
#
#   MODEL=digits ALIAS=champion CHALLENGER=challenger NAME=digits-demo examples/deploy.sh
#   MODEL=wine VERSION=3 TEAM=speech ASKER=carol INPUT=rows.json EXPECT='[0, 2]' examples/deploy.sh
#
# INPUT is a file or JSON: a body of the Open Inference Protocol or of V1, or rows ([[1, 2], [3, 4]], [{"a": 1}], {"columns", "data"});
# without it, the input example of the version. EXPECT is the list of the champion's predictions, CHALLENGER_EXPECT the challenger's.
# CHALLENGER is an alias or a number of a version; without it, the alias challenger, else another version, else the same one again.
#
# Needs bash, curl and python3. Exits with 1 and one line as soon as an answer is not what it should be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PORTAL_URL=${PORTAL_URL:-http://127.0.0.1:${PORTAL_PORT:-8000}}
PORTAL_HOME=${PORTAL_HOME:-var}
TEAM=${TEAM:-vision} CLUSTER=${CLUSTER:-main} NAMESPACE=${NAMESPACE:-$TEAM-serving} MODEL=${MODEL:-digits} NAME=${NAME:-demo-$(date +%s)}
VERSION=${VERSION:-} ALIAS=${ALIAS:-} CHALLENGER=${CHALLENGER:-} INPUT=${INPUT:-} EXPECT=${EXPECT:-} CHALLENGER_EXPECT=${CHALLENGER_EXPECT:-}
CPU=${CPU:-500m} MEMORY=${MEMORY:-1Gi} RUNTIME=${RUNTIME:-} PROTOCOL=${PROTOCOL:-v2}
SHARE=${SHARE:-20} REQUESTS=${REQUESTS:-500}
ASKER=${ASKER:-alice} APPROVER=${APPROVER:-approver} SECONDS_TO_WAIT=${SECONDS_TO_WAIT:-120}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status='' answer='' etag=''

fail() {
    echo "deploy.sh: $*" | tr '\n' ' ' >&2
    echo >&2
    exit 1
}

field() { # field EXPRESSION: of the last answer, which is `a`; None is printed as nothing
    python3 -c 'import json, sys; a = json.load(open(sys.argv[1])); v = eval(sys.argv[2]); print("" if v is None else v)' "$work/answer" "$1" 2>/dev/null ||
        fail "the answer has no $1: ${answer:0:300}"
}

token() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["token"])' "$PORTAL_HOME/credentials.json" "$1" 2>/dev/null ||
        fail "no token of $1 in $PORTAL_HOME/credentials.json: start the portal first (make run), or set PORTAL_HOME"
}

call() { # call TOKEN METHOD PATH [BODY [HEADER]]: sets status, answer and etag
    status=$(curl -sS -m 60 -X "$2" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' ${5:+-H "$5"} ${4:+--data "$4"} \
        -D "$work/headers" -o "$work/answer" -w '%{http_code}' "$PORTAL_URL/api/v1/$3" 2>/dev/null) ||
        fail "$PORTAL_URL does not answer: start the portal (make run) or set PORTAL_URL"
    answer=$(head -c 2000 "$work/answer")
    etag=$(tr -d '\r' <"$work/headers" | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
}

expect() { # expect STATUS WHAT: the problem's own words otherwise
    [[ $status == "$1" ]] && return
    fail "$2: HTTP $status, $(field '" ".join([str(a.get("detail", ""))] + [k + ": " + " ".join(v) for k, v in a.get("errors", {}).items()])')"
}

wait_for() { # wait_for PATH EXPRESSION WHAT: polls until EXPRESSION of the answer is true
    local deadline=$((SECONDS + SECONDS_TO_WAIT))
    while :; do
        call "$asker" GET "$1"
        expect 200 "$3"
        [[ $(field "$2") == True ]] && return
        ((SECONDS < deadline)) || fail "$3: not within $SECONDS_TO_WAIT s; last answer: ${answer:0:600}"
        sleep 0.3
    done
}

ready() { # ready EXPRESSION WHAT: the deployment is as wanted; what keeps it from that is told at once
    wait_for "deployments/$id/" "(a['state'] == 'applied' and $1) or a['health']['state'] == 'failed'" "$2"
    [[ $(field 'a["health"]["state"]') != failed ]] || fail "$2: $(field 'a["health"]["reason"] + ": " + a["health"]["message"]')"
}

decided() { # decided WHAT: a wish that waits for a decision (202) is approved; sets id
    if [[ $status == 202 ]]; then
        local request seen
        request=$(field 'a["id"]')
        wait_for "requests/$request/plan/" 'a["state"] != "preparing"' "the plan of request $request"
        [[ $(field 'a["state"]') == ready ]] || fail "the plan is not available: $(field 'a["message"]')"
        seen=$(field 'a["version"]')
        call "$approver" POST "requests/$request/approve/" "{\"version\": $seen, \"reason\": \"Approved by examples/deploy.sh.\"}"
        expect 200 "$APPROVER could not approve request $request"
        id=$(field 'a["result_id"]')
        echo "$APPROVER approved request $request"
    else
        [[ $status == 200 || $status == 201 ]] || expect 201 "$1"
        id=$(field 'a["id"]')
    fi
}

predict() { # predict COUNT champion|challenger|both: asks so often; prints which revision gave how many answers, such as "1:400 2:100"
    python3 "$work/predict.py" "$PORTAL_URL" "$asker" "$id" "$PROTOCOL" "$work/body" "$1" "$2" "$EXPECT" "$CHALLENGER_EXPECT" 2>"$work/why" ||
        fail "a prediction of $NAME: $(tail -1 "$work/why")"
}

cat >"$work/body.py" <<'PYTHON'
"""The question in the protocol from what INPUT says, by the version's signature."""
import json, sys

protocol, version, given = sys.argv[1], json.load(open(sys.argv[2])), sys.argv[3]
KINDS = {"boolean": "BOOL", "integer": "INT32", "long": "INT64", "float": "FP32", "double": "FP64", "bool": "BOOL"}
KINDS |= {f"{sign}int{bits}": f"{sign.upper()}INT{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
KINDS |= {f"float{bits}": f"FP{bits}" for bits in (16, 32, 64)}


def rows_of(value):
    """Rows as lists or as objects; None for a body that is one already."""
    if isinstance(value, dict):
        for name in ("instances", "inputs", "dataframe_split", "dataframe_records"):
            if name in value:
                inside = value[name]
                is_v2 = name == "inputs" and isinstance(inside, list) and inside and isinstance(inside[0], dict) and "datatype" in inside[0]
                return None if is_v2 else rows_of(inside)
        if set(value) >= {"columns", "data"}:
            return [dict(zip(value["columns"], row)) for row in value["data"]]
        if all(isinstance(each, list) for each in value.values()):
            return [dict(zip(value, row)) for row in zip(*value.values())]
        return [value]
    return value if isinstance(value[0], (list, dict)) else [value]


def shape(value):
    return [len(value), *shape(value[0])] if isinstance(value, list) else []


def flat(value):
    return [each for part in value for each in flat(part)] if isinstance(value, list) else [value]


def tensor(name, kind, values):
    datatype = KINDS.get(kind, "BYTES")
    texts = {"parameters": {"content_type": "str"}} if datatype == "BYTES" else {}
    return {"name": name, "shape": shape(values), "datatype": datatype, **texts, "data": flat(values)}


def v2(rows):
    inputs = (version.get("signature") or {}).get("inputs") or []
    if inputs and all(each.get("type") != "tensor" for each in inputs):
        names = [each["name"] for each in inputs]
        rows = [row if isinstance(row, dict) else dict(zip(names, row)) for row in rows]
        columns = [tensor(each["name"], each["type"], [row[each["name"]] for row in rows]) for each in inputs if each["name"] in rows[0]]
        return {"parameters": {"content_type": "pd"}, "inputs": columns}
    spec = inputs[0].get("tensor-spec", {}) if inputs else {}
    return {"inputs": [tensor((inputs[0].get("name") if inputs else "") or "input-0", spec.get("dtype", "float64"), rows)]}


value = json.loads(given) if given else version.get("input_example")
if not value:
    raise SystemExit("there is no input: set INPUT, the version has no input example")
rows = rows_of(value)
print(json.dumps(value if rows is None else v2(rows) if protocol == "v2" else {"instances": rows}))
PYTHON

cat >"$work/predict.py" <<'PYTHON'
"""Asks one after the other over one connection, and compares each answer with what is expected of the revision that gave it."""
import collections, http.client, json, math, sys, urllib.parse

url, token, number, protocol, body, count, whose, champion, challenger = sys.argv[1:]
parts, question = urllib.parse.urlsplit(url), open(body, "rb").read()
maker = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
connection = maker(parts.netloc, timeout=60)
path = f"{parts.path}/api/v1/deployments/{number}/predict/?protocol={protocol}"
headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
seen = collections.Counter()


def flat(value):
    return [each for part in value for each in flat(part)] if isinstance(value, list) else [value]


def same(one, other):
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (one, other))
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9) if numbers else one == other


def check(found, expected, revision):
    wanted = flat(json.loads(expected)) if expected else found
    if not found or len(found) != len(wanted) or not all(map(same, found, wanted)):
        raise SystemExit(f"revision {revision} predicts {found[:10]}, and {wanted[:10]} is expected")


for _ in range(int(count)):
    connection.request("POST", path, question, headers)
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        raise SystemExit(f"HTTP {response.status} {data[:300].decode(errors='replace')}")
    answer, revision = json.loads(data), response.headers.get("X-Served-Revision")
    if not revision:
        raise SystemExit("the answer does not tell which revision gave it")
    found = flat(answer["predictions"]) if protocol == "v1" else flat([each["data"] for each in answer["outputs"]])
    is_champion = whose == "champion" or (whose == "both" and revision == "1")
    check(found, champion if is_champion else challenger, revision)
    seen[revision] += 1
print(" ".join(f"{revision}:{seen[revision]}" for revision in sorted(seen, key=int)))
PYTHON

asker=$(token "$ASKER")
approver=$(token "$APPROVER")
[[ -z $INPUT && $MODEL == digits && -z $EXPECT ]] && EXPECT='[1, 5, 6]'
[[ -z $INPUT && $MODEL == digits && -z $CHALLENGER_EXPECT ]] && CHALLENGER_EXPECT='[1, 5, 6]'
[[ -f $INPUT ]] && INPUT=$(cat "$INPUT")

call "$asker" GET "models/$MODEL/"
[[ $status != 404 ]] || fail "there is no model $MODEL that $ASKER sees"
expect 200 "model $MODEL"
[[ -n $VERSION || -n $ALIAS ]] || ALIAS=champion
if [[ -z $VERSION ]]; then
    VERSION=$(field "next((e['version'] for e in a['aliases'] if e['name'] == '$ALIAS'), None)")
    [[ -n $VERSION ]] || fail "model $MODEL has no alias $ALIAS"
fi
if [[ -z $CHALLENGER ]]; then
    CHALLENGER=$(field "next((e['version'] for e in a['aliases'] if e['name'] == 'challenger' and str(e['version']) != '$VERSION'), None)")
    [[ -n $CHALLENGER ]] || CHALLENGER=$(field "next((n for n in range(a['latest_version'], 0, -1) if str(n) != '$VERSION'), $VERSION)")
elif [[ ! $CHALLENGER =~ ^[0-9]+$ ]]; then
    name=$CHALLENGER CHALLENGER=$(field "next((e['version'] for e in a['aliases'] if e['name'] == '$CHALLENGER'), None)")
    [[ -n $CHALLENGER ]] || fail "model $MODEL has no alias $name"
fi
[[ $CHALLENGER != "$VERSION" || -n $CHALLENGER_EXPECT ]] || CHALLENGER_EXPECT=$EXPECT
call "$asker" GET "models/$MODEL/versions/$VERSION/"
expect 200 "version $VERSION of model $MODEL"
python3 "$work/body.py" "$PROTOCOL" "$work/answer" "$INPUT" >"$work/body" 2>"$work/why" || fail "INPUT cannot be used: $(tail -1 "$work/why")"

call "$asker" GET "namespaces/?cluster=$CLUSTER&q=$NAMESPACE"
expect 200 "the namespaces of $CLUSTER"
if [[ $(field "any(n['name'] == '$NAMESPACE' for n in a['results'])") != True ]]; then
    NAME=$NAMESPACE TEAM=$TEAM CLUSTER=$CLUSTER CPU=16 MEMORY=32Gi STORAGE=0 GPUS=0 PORTAL_URL=$PORTAL_URL PORTAL_HOME=$PORTAL_HOME \
        ASKER=$ASKER APPROVER=$APPROVER examples/namespace.sh >"$work/log" 2>&1 || fail "$(tail -1 "$work/log")"
    echo "namespace $NAMESPACE is there"
fi

wish=$(python3 -c '
import json, sys
cluster, namespace, name, model, version, alias, runtime, protocol, cpu, memory = sys.argv[1:]
print(json.dumps({"cluster": cluster, "namespace": namespace, "name": name, "model": model, "version": int(version), "protocol": protocol,
                  "cpu_request": cpu, "memory_request": memory, "reason": "Deployed by examples/deploy.sh.",
                  **({"alias": alias} if alias else {}), **({"runtime": runtime} if runtime else {})}))
' "$CLUSTER" "$NAMESPACE" "$NAME" "$MODEL" "$VERSION" "$ALIAS" "$RUNTIME" "$PROTOCOL" "$CPU" "$MEMORY")
echo "$ASKER deploys version $VERSION of $MODEL as $NAMESPACE/$NAME"
begun=$(date +%s%N)
call "$asker" POST deployments/ "$wish" "Idempotency-Key: deploy-$NAMESPACE-$NAME-$begun"
decided "$NAME was not deployed"
ready 'a["health"]["state"] == "ready" and a["revision"] == 1' "$NAME ready"
echo "ready after $((($(date +%s%N) - begun) / 1000000)) ms at $(field 'a["url"]')"
counts=$(predict 3 champion)
[[ $counts == 1:3 ]] || fail "three answers did not come of revision 1: $counts"
echo "it predicts ${EXPECT:-what it should: nothing is expected}"

call "$asker" GET "deployments/$id/"
expect 200 "$NAME"
call "$asker" PATCH "deployments/$id/" "{\"version\": $CHALLENGER, \"startup_seconds\": 301, \"trial\": {\"share\": $SHARE, \"min_requests\": 1000000}, \"reason\": \"Tried by examples/deploy.sh.\"}" "If-Match: $etag"
decided "version $CHALLENGER is not tried"
ready 'a["health"]["state"] == "rolling" and not a["health"]["reason"] and a["health"]["ready"] >= 2' "the candidate ready"
deadline=$((SECONDS + SECONDS_TO_WAIT))
counts=$(predict 20 both)
until [[ $counts == *2:* ]]; do
    ((SECONDS < deadline)) || fail "no answer comes of the candidate within $SECONDS_TO_WAIT s"
    sleep 0.3
    counts=$(predict 20 both)
done
counts=$(predict "$REQUESTS" both)
echo "version $CHALLENGER as the candidate with $SHARE %: of $REQUESTS answers, by revision, $counts"
python3 -c '
import sys
counts, share, requests = dict(each.split(":") for each in sys.argv[1].split()), int(sys.argv[2]), int(sys.argv[3])
expected, got = requests * share / 100, int(counts.get("2", 0))
raise SystemExit(0 if set(counts) <= {"1", "2"} and 0.8 * expected <= got <= 1.2 * expected else 1)
' "$counts" "$SHARE" "$REQUESTS" || fail "the candidate's share is not $SHARE % within a fifth: $counts"

call "$asker" POST "deployments/$id/rollout/promote/" '{"reason": "It did well in examples/deploy.sh."}'
expect 202 "the candidate was not promoted"
ready 'a["health"]["state"] == "ready" and a["health"]["ready"] == 1 and a["revision"] == 2 and a["rollout"] is None' "the promotion"
counts=$(predict 20 challenger)
[[ $counts == 2:20 ]] || fail "after the promotion not every answer comes of revision 2: $counts"
echo "promoted: revision 2 answers alone"

call "$asker" POST "deployments/$id/roll-back/" '{"revision": 1, "reason": "Rolled back by examples/deploy.sh."}'
expect 200 "it was not rolled back"
ready 'a["health"]["state"] == "ready" and a["health"]["ready"] == 1 and a["revision"] == 3' "the roll back"
[[ $(field 'a["spec"]["version"]') == "$VERSION" ]] || fail "after the roll back version $(field 'a["spec"]["version"]') is wanted, not $VERSION"
counts=$(predict 20 champion)
[[ $counts == 3:20 ]] || fail "after the roll back not every answer comes of revision 3: $counts"
echo "rolled back: revision 3 repeats revision 1 and answers alone"

call "$asker" DELETE "deployments/$id/?confirm=$NAME"
expect 202 "it was not deleted"
wait_for "deployments/$id/" 'a["state"] == "deleted"' "$NAME deleted"
call "$asker" POST "deployments/$id/predict/" '{}'
[[ $status == 409 ]] || fail "after its deletion it answers HTTP $status"
echo "deleted"
