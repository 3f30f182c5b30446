#!/usr/bin/env bash
# @microsoft/fetch-event-source 2.0.1 (npm): a block that has only a comment or a `retry` is a message with empty data.
#
# By WHATWG HTML 9.2.6 a block without data dispatches nothing, and a comment with a blank line behind it is how most servers
# keep silent connections alive. `onmessage` gets each of these heartbeats, so `JSON.parse(message.data)` throws at the first
# one; what `onmessage` throws is taken for a broken connection, which is opened again, every few seconds and without an error.
# Expected: one message. What helps: `if (message.data === '') return`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @microsoft/fetch-event-source@2.0.1
cat >listen.cjs <<'JS'
// A library for pages: these are the two objects of a page that it looks for.
globalThis.window = globalThis;
globalThis.document = { addEventListener() {}, removeEventListener() {}, hidden: false };
const { createServer } = require('node:http');
const { fetchEventSource } = require('@microsoft/fetch-event-source');
const answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(': still here\n\ndata: one\n\nretry: 10\n\n');
};
const server = createServer(answer).listen(0, '127.0.0.1', async () => {
  const seen = [];
  const onmessage = ({ data }) => seen.push(data);
  await fetchEventSource(`http://127.0.0.1:${server.address().port}/`, { onmessage });
  console.log(JSON.stringify(seen));
  server.close();
});
JS
seen=$(node listen.cjs)
echo "seen: $seen"
[ "$seen" = '["","one",""]' ]
