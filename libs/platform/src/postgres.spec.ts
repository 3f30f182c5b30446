import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { Namespace } from './namespace.js';
import { isOutage } from './outage.js';
import { Postgres, prepared, together, WAIT_FOR_THE_DISK } from './postgres.js';

describe('a statement that gets no answer', () => {
  const postgres = () => new Postgres(process.env.DATABASE_URL!, new Namespace('t'), { max: 1, queryTimeoutMs: 100 });
  let open: Postgres;
  afterEach(() => open.close());

  it('is given up as an outage, and the next one has another connection', async () => {
    open = postgres();
    const error: unknown = await open.query('SELECT pg_sleep(20)').catch((thrown: unknown) => thrown);
    expect(isOutage(error)).toBe(true);
    expect((await open.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('does not go on in the server', async () => {
    open = postgres();
    const others = new Postgres(process.env.DATABASE_URL!, new Namespace('t'), { max: 1 });
    const slow = "SELECT pg_sleep(20), 'nobody waits for this'";
    await expect(open.query(slow)).rejects.toThrow('Query read timeout');
    const going = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query = $1";
    expect((await others.query(going, [slow])).rowCount).toBe(1);
    await eventually(async () => expect((await others.query(going, [slow])).rowCount).toBe(0));
    await others.close();
  });

  it('ends its transaction at once', async () => {
    open = postgres();
    const work = open.transaction((tx) => tx.query('SELECT pg_sleep(20)'));
    await expect(work).rejects.toThrow('Query read timeout');
    expect((await open.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('what a transaction asks side by side', () => {
  const postgres = new Postgres(process.env.DATABASE_URL!, new Namespace('t'), { max: 1 });
  afterAll(() => postgres.close());

  it('has all ended when one of it fails: nothing is sent behind the rollback', async () => {
    const order: string[] = [];
    const failing = Promise.reject(new Error('a bug'));
    const slow = async () => {
      await postgres.prepared.query('SELECT 1');
      order.push('ended');
    };
    await expect(together([failing, slow()])).rejects.toThrow('a bug');
    order.push('failed');
    expect(order).toEqual(['ended', 'failed']);
  });

  it('copies rows among other statements, each answered as it was asked', async () => {
    await postgres.query('CREATE TEMPORARY TABLE copied (n int PRIMARY KEY, text text)');
    const counts = await postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      const count = async () => (await tx.query<{ count: number }>('SELECT count(*) FROM copied')).rows[0]!.count;
      return Promise.all([count(), tx.copy('COPY copied FROM STDIN', Buffer.from('1\tone\n2\t\\N\n')), count()]);
    });
    expect(counts).toEqual([0, undefined, 2]);
    const { rows } = await postgres.query('SELECT * FROM copied ORDER BY n');
    expect(rows).toEqual([
      { n: 1, text: 'one' },
      { n: 2, text: null },
    ]);
  });

  it('undoes a copy that fails, and the connection goes on', async () => {
    await postgres.query('CREATE TEMPORARY TABLE once (n int PRIMARY KEY)');
    const copy = (rows: string) =>
      postgres.transaction((connection) => prepared(connection).copy('COPY once FROM STDIN', Buffer.from(rows)));
    await expect(copy(`${'1\n'.repeat(100_000)}`)).rejects.toThrow(/duplicate key/);
    await expect(copy('x\n')).rejects.toThrow(/invalid input/);
    await copy('1\n');
    expect((await postgres.query('SELECT * FROM once')).rows).toEqual([{ n: 1 }]);
  });

  it('leaves nothing of its statements behind when one of them fails', async () => {
    await postgres.query('CREATE TEMPORARY TABLE kept (n int PRIMARY KEY)');
    const work = postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      const put = (n: number) => tx.query('INSERT INTO kept VALUES ($1)', [n]);
      await together([put(1), put(1), put(2)]);
    });
    await expect(work).rejects.toThrow(/duplicate key/);
    expect((await postgres.query('SELECT * FROM kept')).rows).toEqual([]);
  });

  it('is undone as well by what failed without anybody waiting for it, which is told', async () => {
    await postgres.query('CREATE TEMPORARY TABLE sent (n int PRIMARY KEY)');
    const send = (...numbers: unknown[]) =>
      postgres.transaction(async (connection) => {
        const tx = prepared(connection);
        for (const n of numbers) tx.send('INSERT INTO sent VALUES ($1)', [n]);
      });
    const sent = async () =>
      (await postgres.query<{ n: number }>('SELECT n FROM sent ORDER BY n')).rows.map(({ n }) => n);
    await expect(send(1, 2, 2)).rejects.toMatchObject({ code: '23505' });
    expect(await sent()).toEqual([]);
    await expect(send('x', 1)).rejects.toMatchObject({ code: '22P02' });
    await send(1, 2);
    expect(await sent()).toEqual([1, 2]);
  });

  it('commits nothing of a transaction of which a statement could not even be sent', async () => {
    await postgres.query('CREATE TEMPORARY TABLE unsent (n int)');
    const work = postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      tx.send('INSERT INTO unsent VALUES (1)');
      tx.send('INSERT INTO unsent SELECT unnest($1::int[])', [[{}]]);
    });
    await expect(work).rejects.toThrow(TypeError);
    expect((await postgres.query('SELECT * FROM unsent')).rows).toEqual([]);
  });

  it('tells a transaction whose connection was used by one that failed before it of its own failures alone', async () => {
    const failing = postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      tx.send('SELECT $1::int', ['x']);
      await tx.query('SELECT 1');
    });
    const next = postgres.transaction(async (connection) => prepared(connection).send('SELECT 1 / $1::int', [0]));
    await expect(failing).rejects.toMatchObject({ code: '22P02' });
    await expect(next).rejects.toMatchObject({ code: '22012' });
  });

  it.each([
    ['off', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('waits for the disk where it has to, and for no less than it did: %s becomes %s', async (before, after) => {
    const { rows } = await postgres.transaction(async (connection) => {
      await connection.query(`SET LOCAL synchronous_commit = ${before}`);
      await connection.query(WAIT_FOR_THE_DISK);
      return connection.query('SHOW synchronous_commit');
    });
    expect(rows).toEqual([{ synchronous_commit: after }]);
  });

  it('tells that also where somebody waits for what comes behind it', async () => {
    const work = postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      tx.send('SELECT $1::int', ['x']);
      await tx.query('SELECT 1');
    });
    await expect(work).rejects.toMatchObject({ code: '22P02' });
    expect((await postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('tells what undid the rest, and not that it was undone', async () => {
    const work = postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      const later = async () => {
        await tx.query('SELECT 1');
        await tx.query('SELECT 2');
      };
      await together([later(), tx.query('SELECT $1::int', ['x'])]);
    });
    await expect(work).rejects.toMatchObject({ code: '22P02' });
  });
});

describe('a connection', () => {
  const postgres = new Postgres(process.env.DATABASE_URL!, new Namespace('t'), { max: 1 });
  afterAll(() => postgres.close());

  it('has no statement compiled', async () => {
    expect((await postgres.query('SHOW jit')).rows).toEqual([{ jit: 'off' }]);
  });
});
