#!/usr/bin/env bash
# eventsource 5.1.5, undici 8.13.1 (npm) and the EventSource of Node: while one waits to come back, the process may end.
#
# The timer that waits for the next connection does not keep the process alive. A program that does nothing but listen ends with
# exit code 0 and without a word at the first connection that is lost; eventsource 4.1.1 goes on. The README of eventsource and
# undici's page on its EventSource do not say so. What helps: anything that keeps the process alive, such as an open server or
# `setInterval(() => {}, 2 ** 30)`.
# Needs Node 22.19 or later, for undici.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund four@npm:eventsource@4.1.1 five@npm:eventsource@5.1.5 undici@8.13.1
cat >serve.mjs <<'JS'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
// Each connection has one event and ends; the client is to come back after 10 ms.
let connections = 0;
let listener;
const answer = (_, response) => {
  connections += 1;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end('retry: 10\ndata: hello\n\n');
  if (connections === 3) listener.kill();
};
const server = createServer(answer).listen(0, '127.0.0.1', () => {
  const options = ['--no-warnings', '--experimental-eventsource', 'listen.mjs', process.argv[2]];
  listener = spawn(process.execPath, [...options, `http://127.0.0.1:${server.address().port}/`], { stdio: 'inherit' });
  listener.on('exit', (code) => {
    console.log(code === 0 ? 'ended' : 'came back');
    process.exit();
  });
});
JS
cat >listen.mjs <<'JS'
const [from, url] = process.argv.slice(2);
const Source = from === 'node' ? EventSource : (await import(from)).EventSource;
new Source(url);
JS
seen=''
for from in four five undici node; do seen+="$from $(node serve.mjs "$from"); "; done
echo "seen: $seen"
[ "$seen" = 'four came back; five ended; undici ended; node ended; ' ]
