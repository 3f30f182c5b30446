import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '../logging.js';
import { rawRequest } from '../../test/raw.js';
import { httpApplication } from './listen.js';
import { ProblemPagesModule } from './problem-pages.js';

@Module({ imports: [ProblemPagesModule] })
class PagesModule {}

describe('what Node answers by itself where nobody else does', () => {
  let app: NestFastifyApplication;
  let port: number;
  beforeAll(async () => {
    app = await httpApplication(PagesModule, {
      auth: { secrets: ['a secret of the specs, 32 bytes or more'] },
      logger: createLogger('test', 'silent'),
      requestTimeoutMs: 300,
    });
    await app.listen(0, '127.0.0.1');
    port = Number(new URL(await app.getUrl()).port);
  });
  afterAll(() => app.close());

  it('is no bare refusal of what a client expects: nothing here depends on it', async () => {
    const answer = await rawRequest(port, 'GET /problems HTTP/1.1', 'Host: x', 'Expect: more');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'request-id': expect.stringMatching(/^urn:uuid:/), 'x-content-type-options': 'nosniff' },
    });
  });

  it('is no second answer to a request that was refused and never ends', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx');
    const answers = await text(socket);
    expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 404']);
  });
});
