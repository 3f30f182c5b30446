import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

// What the service is measured against: a route that answers 202 to the same body and does nothing.
const app = fastify();
app.post('/api/v3/activities', (_request, reply) => {
  void reply.status(202).send({ accepted: 1, rejected: [] });
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.send!((app.server.address() as AddressInfo).port);
