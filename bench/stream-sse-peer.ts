import type { AddressInfo } from 'node:net';
import { Controller, type MessageEvent, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { startWith, Subject } from 'rxjs';

// What the stream is measured against: Nest's own @Sse, of one Observable that all clients share.
const channel = new Subject<MessageEvent>();

class Streams {
  stream() {
    // Nest sends the head with the first message.
    return channel.pipe(startWith({ comment: 'live from here on' }));
  }
}

class Peer {}

// By hand what decorators would do: Node takes the types out of this file and knows no decorators.
Sse('stream')(Streams.prototype, 'stream', Object.getOwnPropertyDescriptor(Streams.prototype, 'stream')!);
Controller()(Streams);
Module({ controllers: [Streams] })(Peer);

const app = await NestFactory.create<NestFastifyApplication>(Peer, new FastifyAdapter(), { logger: ['error'] });
const fastify = app.getHttpAdapter().getInstance();
fastify.post('/publish', (request, reply) => {
  const { position: id, ...data } = request.body as { position: string };
  channel.next({ id, data });
  void reply.status(201).send();
});
await app.listen(0, '127.0.0.1');
process.send!((fastify.server.address() as AddressInfo).port);
