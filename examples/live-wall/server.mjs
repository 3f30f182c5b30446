// Serves the page, and tells it where its stream is. The token stays here: a page gets a ticket for one stream alone.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const {
  TIDEMARK_URL = 'http://127.0.0.1:3000',
  TIDEMARK_ENVIRONMENT = 'demo',
  TIDEMARK_TOKEN,
  PORT = '8081',
} = process.env;

const files = { '/': ['index.html', 'text/html'], '/wall.js': ['wall.js', 'text/javascript'] };

const server = createServer((request, response) => {
  answer(request).then(
    ([status, type, body]) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
    (error) => response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error)),
  );
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

async function answer({ method, url }) {
  if (method === 'POST' && url === '/stream')
    return [200, 'application/json', JSON.stringify({ url: await streamUrl() })];
  const [name, type] = files[url] ?? [];
  if (!name) return [404, 'text/plain', 'There is nothing here.'];
  return [200, type, await readFile(new URL(name, import.meta.url))];
}

/** Where the activities of the whole environment are. The ticket is to be used within 30 s; from then on it is the page's. */
async function streamUrl() {
  const response = await fetch(`${TIDEMARK_URL}/api/v3/stream-tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TIDEMARK_TOKEN}`, 'environment-id': TIDEMARK_ENVIRONMENT },
  });
  if (!response.ok) throw new Error(`Tidemark gave no ticket: ${response.status}`);
  const { ticket } = await response.json();
  return `${TIDEMARK_URL}/api/v3/stream?ticket=${ticket}`;
}
