#!/usr/bin/env bash
# Times and analyses the sample song through the Analysis Service: starts one of its own, submits, prints what comes out,
# stops it.
set -euo pipefail
cd "$(dirname "$0")/.."
sow=.venv/bin/sow
folder=$(mktemp -d)
unset SOW_ANALYSIS_API_KEY SOW_ANALYSIS_DATABASE_URL SOW_ANALYSIS_STORAGE_URL SOW_ANALYSIS_QUEUE_URL
export SOW_ANALYSIS_DATA_DIR="$folder/data" SOW_ANALYSIS_CACHE_DIR="$folder/cache"

$sow serve --host 127.0.0.1 --port 0 2> "$folder/log" &
service=$!
trap 'kill "$service" 2> /dev/null || true; wait "$service" 2> /dev/null || true; rm -rf "$folder"' EXIT
until grep -q 'startup complete' "$folder/log"; do
    kill -0 "$service" 2> /dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.2
done
SOW_SERVER=$(grep -o 'http://127[0-9.:]*' "$folder/log" | head -n 1)
export SOW_SERVER

mkdir -p out
$sow submit --force examples/morning_light/audio.ogg examples/morning_light/paper.txt -o out/morning_light.lrc
cat out/morning_light.lrc
$sow analyze --remote --force examples/morning_light/audio.ogg -o out/morning_light.analysis.json
$sow show --force out/morning_light.analysis.json --lyrics out/morning_light.lrc --picture out/morning_light.svg > /dev/null
echo "See it: out/morning_light.svg"
