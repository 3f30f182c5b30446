import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { eventsIn, messagesIn } from '../../test/events.js';
import { bearer, OpenStream } from '../../test/service.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';

const PATH = '/api/v3/workspaces/1/stream';

describe('the stream of a workspace', () => {
  const suite = new StreamSuite(process.env);
  const { environment } = suite;

  beforeAll(async () => {
    await suite.start();
    for (const owner of [environment, environment, 'other']) await suite.view.createWorkspace(owner);
  });
  afterEach(() => suite.leaveAll());
  afterAll(() => suite.stop());

  const inWorkspace = (workspace: number | undefined, ...names: string[]) =>
    named(...names).map((activity) => ({ ...activity, workspace }));

  it('shows what all users do there, as events and as lines, and nothing of anywhere else', async () => {
    const events = await suite.open(PATH);
    const lines = await suite.open(PATH, { accept: 'application/x-ndjson' });
    const sent = [inWorkspace(1, 'a'), inWorkspace(1, 'b', 'c')];
    await suite.view.send(environment, 1, ...inWorkspace(2, 'elsewhere'), ...inWorkspace(undefined, 'nowhere'));
    await suite.view.send('other', 1, ...inWorkspace(1, 'foreign'));
    await suite.view.send(environment, 1, ...sent[0]!);
    await suite.view.send(environment, 2, ...sent[1]!);
    await eventually(() => expect([...events.ids].sort()).toEqual(idsOf(sent.flat()).sort()));
    await eventually(() => expect(lines.text.match(/"workspaceId":1/g)).toHaveLength(3));
  });

  it('goes on behind a position, on another instance as well, and begins at a time', async () => {
    const [first, ...rest] = inWorkspace(2, 'first', 'second', 'third');
    const since = new Date(Date.now() - 1_000).toISOString();
    const stream = await suite.open('/api/v3/workspaces/2/stream');
    await eventually(() => expect(eventsIn(stream.text)).toHaveLength(1));
    await suite.view.send(environment, 1, first!);
    await eventually(() => expect(stream.ids).toEqual([first!.id]));
    const { position } = messagesIn(stream.text)[0]!;
    await suite.view.send(environment, 1, ...inWorkspace(1, 'elsewhere'), ...rest);
    const another = await suite.another();
    const headers = { 'last-event-id': position };
    const resumed = await suite.open('/api/v3/workspaces/2/stream', headers, another);
    const whole = await suite.open(`/api/v3/workspaces/2/stream?since=${since}&types=read`);
    await eventually(() => expect(resumed.ids).toEqual(idsOf(rest)));
    await eventually(() => expect(whole.ids).toEqual(expect.arrayContaining(idsOf([first!, ...rest]))));
    await another.stop();
  });

  it("is not found where the workspace is not there or is another environment's, before the first byte", async () => {
    const theirs = { authorization: await bearer(['other']) };
    for (const [path, headers] of [
      ['/api/v3/workspaces/999/stream', {}],
      ['/api/v3/workspaces/2/stream', theirs],
    ] as const) {
      const stream = await suite.open(path, headers);
      await stream.ended;
      expect([stream.status, JSON.parse(stream.text)]).toMatchObject([404, { type: '/problems/not-found' }]);
    }
    expect((await suite.open('/api/v3/workspaces/me/stream')).status).toBe(400);
  });

  it('ends when the workspace is deleted, though the announcement was lost, and is not found after that', async () => {
    const token = { authorization: await bearer(['leaving']) };
    for (const owner of ['leaving', 'leaving', 'leaving']) await suite.view.createWorkspace(owner);
    const instance = await suite.another();
    const open = (id: number) => suite.open(`/api/v3/workspaces/${id}/stream`, token, instance);
    const [heard, unheard, other] = [await open(1), await open(2), await open(3)];
    await suite.view.removeWorkspace('leaving', 1);
    expect(await heard.ended).toBe(true);
    expect((await open(1)).status).toBe(404);
    await suite.view.postgres.query("DELETE FROM workspaces WHERE environment = 'leaving' AND id = 2");
    await suite.view.postgres.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 || '_notifications'`,
      [suite.view.namespace.name],
    );
    expect(await unheard.ended).toBe(true);
    await suite.view.register('leaving');
    const sent = inWorkspace(3, 'still there');
    await suite.view.send('leaving', 1, ...sent);
    await eventually(() => expect(other.ids).toEqual(idsOf(sent)));
    await instance.stop();
  });

  it('is opened again by the ticket that it was opened by, which opens no other', async () => {
    const issue = async () => {
      const headers = { authorization: suite.authorization };
      const answer = await fetch(`${suite.service.url}/api/v3/stream-tickets`, { method: 'POST', headers });
      return ((await answer.json()) as { ticket?: string }).ticket;
    };
    const ticket = await eventually(async () => {
      const issued = await issue();
      expect(issued).toBeDefined();
      return issued;
    });
    const statusOf = async (path: string) => {
      const stream = await OpenStream.open(`${suite.service.url}${path}?ticket=${ticket}`);
      stream.leave();
      return stream.status;
    };
    const paths = ['/api/v3/workspaces/999/stream', PATH, PATH, '/api/v3/workspaces/2/stream', '/api/v3/stream'];
    const statuses = [];
    for (const path of [...paths, '/api/v3/users/1/stream']) statuses.push(await statusOf(path));
    expect(statuses).toEqual([404, 200, 200, 401, 401, 401]);
  });
});
