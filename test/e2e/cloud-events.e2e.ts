import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent, emitterFor, HTTP, Mode } from 'cloudevents';
import { eventually } from '../support/eventually.js';
import { type Answer, type Client, type Service, startService } from '../support/service.js';

interface Message {
  readonly headers: Record<string, unknown>;
  readonly body: unknown;
}

describe('events that the SDK of CloudEvents makes', () => {
  let service: Service;
  let client: Client;

  beforeAll(async () => {
    service = await startService();
    client = await service.client();
    await client('POST', '/api/v3/workspaces', { name: 'Tide' });
  });
  afterAll(() => service?.stop());

  const register = async (username: string): Promise<number> =>
    (await client('POST', '/api/v3/users', { username, email: `${username}@example.com` })).body.id;
  const eventOf = (subject: string, more: object = {}) =>
    new CloudEvent({ id: 'e1', source: '/shop/a', type: 'order.placed', subject, data: { total: 12.5 }, ...more });
  const feedOf = async (id: number) => (await client('GET', `/api/v3/users/${id}/activities`)).body as object[];

  /** As the SDK's own transports send a message: its headers and body as they are. */
  async function send({ headers, body }: Message): Promise<Answer> {
    const sent = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    return client('POST', '/api/v3/activities', body, Object.fromEntries(sent) as Record<string, string>);
  }

  const batch = (...events: CloudEvent<unknown>[]): Message => ({
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });

  it.each<[string, (event: CloudEvent<unknown>) => Message]>([
    ['binary', (event) => HTTP.binary(event)],
    ['structured', (event) => HTTP.structured(event)],
    ['batched', (event) => batch(event)],
  ])('are taken in %s mode, with all that they say', async (mode, messageOf) => {
    const id = await register(`${mode}-user`);
    const time = '2026-03-01T12:00:00.000Z';
    const event = eventOf(`${mode}-user`, {
      time,
      workspaceid: 1,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-01',
    });
    for (let n = 0; n < 2; n += 1) {
      expect(await send(messageOf(event))).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
    }
    const other = messageOf(event.cloneWith({ source: '/shop/b' }));
    expect(await send(other)).toMatchObject({ status: 202, body: { accepted: 1 } });
    await eventually(async () => expect(await feedOf(id)).toHaveLength(2));
    const shown = {
      id: 'e1',
      type: 'order.placed',
      userId: id,
      workspaceId: 1,
      occurredAt: time,
      data: { total: 12.5 },
    };
    expect(await feedOf(id)).toMatchObject([
      { ...shown, source: '/shop/b' },
      { ...shown, source: '/shop/a' },
    ]);
  });

  it.each([Mode.BINARY, Mode.STRUCTURED])('are taken from its emitter in %s mode', async (mode) => {
    const id = await register(`emitted-${mode}`);
    const emit = emitterFor(send, { binding: HTTP, mode });
    for (const event of ['e1', 'e2']) {
      expect(await emit(eventOf(String(id), { id: event }))).toMatchObject({ status: 202, body: { accepted: 1 } });
    }
    await eventually(async () => expect(await feedOf(id)).toHaveLength(2));
  });

  it('are one activity in whichever modes they come', async () => {
    const id = await register('any');
    const event = eventOf('any');
    for (const message of [HTTP.binary(event), HTTP.structured(event), batch(event, event)] as Message[]) {
      expect((await send(message)).status).toBe(202);
    }
    await send(HTTP.structured(eventOf('any', { id: 'last' })));
    await eventually(async () => expect(await feedOf(id)).toHaveLength(2));
  });

  it('may have no data, in every mode', async () => {
    const id = await register('bare');
    const without = (name: string) => eventOf('bare', { id: name, data: undefined });
    const messages = [HTTP.binary(without('a')), HTTP.structured(without('b')), batch(without('c'))] as Message[];
    for (const message of messages) expect(await send(message)).toMatchObject({ status: 202, body: { accepted: 1 } });
    await eventually(async () => expect(await feedOf(id)).toHaveLength(3));
    expect(await feedOf(id)).toMatchObject(messages.map(() => ({ data: null })));
  });

  it('are refused in every mode for what is wrong with an attribute, by its name', async () => {
    const seven = await register('seven');
    await register(String(seven));
    const refusals = [
      [eventOf('nobody'), 'unknown-user', 'there is no such user'],
      [eventOf(String(seven)), 'ambiguous-user', 'subject '],
      [eventOf('seven', { type: 'a b' }), 'invalid-type', 'type '],
      [eventOf('seven', { time: '2126-03-01T12:00:00.000Z' }), 'invalid-time', 'time '],
      [eventOf('seven', { workspaceid: 9 }), 'unknown-workspace', 'there is no such workspace'],
      [eventOf('seven', { workspaceid: 'x' }), 'invalid', 'workspaceid '],
      [eventOf('seven', { data: Buffer.from('bytes') }), 'invalid', 'data'],
    ] as const;
    for (const [event, code, words] of refusals) {
      for (const message of [HTTP.structured(event), batch(event)] as Message[]) {
        const answer = await send(message);
        expect(answer.status).toBe(422);
        expect(answer.body.rejected).toMatchObject([{ code, detail: expect.stringContaining(words) }]);
      }
    }
    for (const [event, code, words] of refusals.slice(0, -1)) {
      const answer = await send(HTTP.binary(event));
      expect(answer.body.rejected).toMatchObject([{ code, detail: expect.stringContaining(words) }]);
    }
  });
});
