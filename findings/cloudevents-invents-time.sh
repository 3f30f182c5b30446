#!/usr/bin/env bash
# cloudevents (npm) 10.0.0: an event that came without `time`, which is optional, is given the moment of its parsing.
#
# CloudEvents 1.0.2 makes `time` optional: a producer that does not know when something occurred leaves it out. The SDK's reader
# fills it with "now", so a consumer cannot tell an observed time from an invented one: an event that was parsed twice (a redelivery, a
# replay of a log) occurs at two times, and whatever orders or deduplicates by time goes wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cloudevents@10.0.0
cat >read.mjs <<'JS'
import { HTTP } from 'cloudevents';
const sent = { specversion: '1.0', id: '1', source: '/shop', type: 'order.placed', data: {} };
const message = { headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(sent) };
const first = HTTP.toEvent(message);
await new Promise((resolve) => setTimeout(resolve, 20));
const second = HTTP.toEvent(message);
console.log(`sent=${sent.time} read=${typeof first.time} same=${first.time === second.time}`);
JS
seen=$(node read.mjs)
echo "seen: $seen"
[ "$seen" = 'sent=undefined read=string same=false' ]
