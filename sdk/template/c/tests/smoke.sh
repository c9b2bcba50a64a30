#!/usr/bin/env bash
# Runs the plugin in a gateway and talks to it over HTTP: smoke.sh GATEHOUSE PLUGIN.so
set -euo pipefail
program=$(realpath "$1")
plugin=$(realpath "$2")
folder=$(mktemp -d)
cd "$folder"

cat >routes.yaml <<'YAML'
version: 1
gateway: { listen: [{ at: "127.0.0.1:0" }] }
services: { gatehouse_sample: plugin:gatehouse_sample }
routes: [{ path: /api/gatehouse_sample/**, to: gatehouse_sample, auth: none }]
YAML
"$program" run --plugins "$(dirname "$plugin")" --ready-file ready >log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
until [[ -s ready ]]; do
  kill -0 $server 2>/dev/null || { cat log; exit 1; }
  sleep 0.05
done
base=http://$(grep -o '127\.0\.0\.1:[0-9]*' ready | head -n 1)/api/gatehouse_sample

# expect STATUS CURL-ARGUMENT...: the answer's body goes to the file body, its head to the file head.
expect() {
  local wanted=$1 status
  shift
  status=$(curl -sS -o body -D head -w '%{http_code}' "$@")
  [[ $status == "$wanted" ]] || { echo "$* answered $status, not $wanted:"; cat body log; exit 1; }
}
expect 201 -X PUT -d 'Hello' "$base/greeting"
expect 204 -X PUT -d 'Hello again' "$base/greeting"
expect 200 "$base/greeting"
[[ $(<body) == 'Hello again' ]]
expect 422 -X PUT -d x "$base/Not-a-key"
expect 200 "$base"
grep -qx '\["greeting"\]' body
expect 204 -X DELETE "$base/greeting"
expect 404 "$base/greeting"

kill $server
wait $server
echo "all as it should be"
