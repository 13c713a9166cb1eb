#!/bin/sh
# Says whether a Genkan is up and does its work: health, readiness, metrics, and one call.
# Changes nothing. Needs curl.
set -eu

usage() {
    cat <<'TEXT'
usage: smoke.sh URL KEY_FILE

URL       where the server is, such as http://127.0.0.1:8137
KEY_FILE  a file with a key of the role operator, developer or admin

Exit code 0 if everything answers as it should, 1 if something does not, 2 for a wrong command line.
TEXT
}

case "${1-}" in
--help | -h)
    usage
    exit 0
    ;;
esac
if [ $# -ne 2 ]; then
    usage >&2
    exit 2
fi
url=${1%/}
if ! [ -r "$2" ]; then
    echo "smoke.sh: cannot read the key in $2" >&2
    exit 2
fi

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
# The key reaches curl in a file: whoever lists the processes would see it on the command line.
printf 'header = "Authorization: Bearer %s"\n' "$(cat "$2")" >"$folder/key"
failed=0

# check NAME TEXT [CURL ARGUMENTS]: the answer is a 200 that contains the text.
check() {
    name=$1 text=$2
    shift 2
    if status=$(curl --silent --show-error --max-time 10 --output "$folder/answer" \
        --write-out '%{http_code}' "$@" 2>"$folder/said"); then
        if [ "$status" = 200 ] && grep -q -- "$text" "$folder/answer"; then
            echo "ok      $name"
            return
        fi
        echo "FAILED  $name: HTTP $status: $(head -c 300 "$folder/answer")"
    else
        echo "FAILED  $name: $(cat "$folder/said")"
    fi
    failed=1
}

check health '"status":"healthy"' "$url/health"
check ready '"status":"ready"' "$url/ready"
check metrics '^# TYPE mcp_tool_calls_total counter' --config "$folder/key" "$url/metrics"
check call '"structuredContent"' --config "$folder/key" "$url/mcp" \
    --header 'Content-Type: application/json' \
    --header 'Accept: application/json, text/event-stream' \
    --header 'MCP-Protocol-Version: 2026-07-28' \
    --header 'Mcp-Method: tools/call' --header 'Mcp-Name: knowledge_get_namespaces' \
    --data '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"knowledge_get_namespaces","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"smoke","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}'

exit "$failed"
