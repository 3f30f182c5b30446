#!/usr/bin/env bash
# eventsource 4.1.1 (npm): an `id:` that comes without data is forgotten; 5.1.5 keeps it, as WHATWG HTML 9.2.6 says.
#
# The standard sets the last event ID when a block ends, and only then returns for want of data. A server that tells its
# position in the opening block (`id: 7` and no data) is so resumed from there by browsers, and from nowhere by clients
# on version 4: what happens between the first connection and the first event is lost to them without an error.
# A server that wants to be safe gives its opening position as an event with data.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund four@npm:eventsource@4.1.1 five@npm:eventsource@5.1.5
cat >resume.mjs <<'JS'
import { createServer } from 'node:http';
const { EventSource } = await import(process.argv[2]);
let connections = 0;
const server = createServer((request, response) => {
  connections += 1;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // The first connection tells a position and ends; the client comes back after 10 ms.
  if (connections === 1) return response.end('retry: 10\nid: 7\n\n');
  console.log(`Last-Event-ID: ${request.headers['last-event-id']}`);
  response.end();
  process.exit();
}).listen(0, '127.0.0.1', () => new EventSource(`http://127.0.0.1:${server.address().port}/`));
JS
four=$(node resume.mjs four)
five=$(node resume.mjs five)
echo "seen: eventsource 4.1.1 $four; eventsource 5.1.5 $five"
[ "$four" = 'Last-Event-ID: undefined' ] && [ "$five" = 'Last-Event-ID: 7' ]
