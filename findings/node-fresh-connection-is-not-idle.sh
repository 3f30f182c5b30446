#!/usr/bin/env bash
# Node.js 24.21.0, node:http: `server.closeIdleConnections()` leaves connections on which nothing has come yet, and `server.close()` waits for them.
#
# A connection that was answered and waits for its next request counts as idle and is closed by both. One that was only opened (a
# browser's preconnect, a pool that connects ahead, a load balancer's check of the port) does not: the callback of `close()` comes when
# the client goes, or when the time limit for headers does, 60 s by default. A graceful shutdown that relies on the two alone is
# killed in the end by whoever asked for it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set allowScripts.node=true --json >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
cat >close.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1');
await once(server, 'listening');
const answered = connect(server.address().port, '127.0.0.1');
const fresh = connect(server.address().port, '127.0.0.1');
await Promise.all([once(fresh, 'connect'), once(server, 'connection')]);
answered.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
await once(answered, 'data');
let closed = false;
server.close(() => (closed = true));
server.closeIdleConnections();
await once(answered, 'close');
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(`answered=closed fresh=${fresh.readyState} server=${closed ? 'closed' : 'waiting'}`);
process.exit();
JS
seen=$(./node_modules/node/bin/node close.mjs)
echo "seen: $seen"
[ "$seen" = 'answered=closed fresh=open server=waiting' ]
