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
json=(-H 'content-type: application/json')

expect 201 "${json[@]}" -d '{"title": "Hello"}' "$base"
item=$base/$(grep -o '"id":[0-9]*' body | head -n 1 | cut -d: -f2)
expect 200 "$item"
expect 422 "${json[@]}" -d '{"title": ""}' "$base"
expect 200 "${json[@]}" -X PATCH -d '{"text": "changed"}' "$item"
grep -q '"text":"changed"' body
expect 200 "$base?limit=1"
grep -q '"title":"Hello"' body
expect 204 -X DELETE "$item"
expect 404 "$item"

kill $server
wait $server
echo "all as it should be"
