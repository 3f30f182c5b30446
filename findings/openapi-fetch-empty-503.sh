#!/usr/bin/env bash
# openapi-fetch 0.17.0: an answer of 503 without a body gives neither `data` nor `error`.
#
# A server that is down behind a proxy often answers 503 with `Content-Length: 0`. The documented way to tell success from
# failure, `if (error) …`, then takes the outage for a success with nothing in it. `response.ok` is what tells.
# Expected by most: `error` is set (to anything) whenever the status is not 2xx.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-fetch@0.17.0
cat >ask.mjs <<'JS'
import { createServer } from 'node:http';
import createClient from 'openapi-fetch';
const answer = (_, response) => response.writeHead(503, { 'content-length': '0', 'retry-after': '2' }).end();
const server = createServer(answer).listen(0, '127.0.0.1', async () => {
  const client = createClient({ baseUrl: `http://127.0.0.1:${server.address().port}` });
  const { data, error, response } = await client.GET('/users');
  console.log(`data=${data} error=${error} ok=${response.ok} status=${response.status}`);
  server.close();
});
JS
seen=$(node ask.mjs)
echo "seen: $seen"
[ "$seen" = 'data=undefined error=undefined ok=false status=503' ]
