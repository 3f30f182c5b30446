// A service that tells Tidemark what its customers do. `POST /orders` with {"customer": "jane", "item": "tea"}.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { activitySender } from './activity-sender.mjs';

const { TIDEMARK_URL, TIDEMARK_ENVIRONMENT = 'demo', TIDEMARK_TOKEN, PORT = '8080' } = process.env;

const sender = activitySender({
  url: TIDEMARK_URL ?? 'http://127.0.0.1:3000',
  environment: TIDEMARK_ENVIRONMENT,
  // A service of your own asks its issuer for a new one before this one ends.
  token: () => TIDEMARK_TOKEN,
  onRejected: ({ id, username }, { code, detail }) =>
    console.error(`Rejected ${id} of ${username}: ${code}, ${detail}`),
});

const shop = createServer(async (request, response) => {
  const order = await json(request).catch(() => undefined);
  if (request.method !== 'POST' || request.url !== '/orders' || !order) return response.writeHead(400).end();
  // The customer never waits for Tidemark.
  const isTaken = sender.track({ username: order.customer, type: 'order.placed', data: { item: order.item } });
  if (!isTaken) console.error('Too many activities wait; one was dropped');
  response.writeHead(201).end();
});
shop.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${shop.address().port}`));

process.once('SIGTERM', stop);
process.once('SIGINT', stop);

/** Whoever stops the service stops it for good only when what was taken is in the log. */
function stop() {
  shop.close(() => sender.flush().then(() => process.exit()));
  shop.closeIdleConnections();
}
