import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Config, readConfig } from './config.js';
import { Namespace } from './namespace.js';
import { Postgres } from './postgres.js';
import { NotInTime, saying, waitFor, waitForPostgres } from './waiting.js';

const never = new Promise<never>(() => undefined);

describe('what a process waits for at its start', () => {
  let said: string[];
  const waiting = (deadlineMs: number) => ({ tell: (sentence: string) => void said.push(sentence), deadlineMs });
  beforeEach(() => {
    said = [];
    jest.useFakeTimers();
  });
  afterEach(() => void jest.useRealTimers());

  it('is named after two seconds', async () => {
    void waitFor(waiting(60_000), 'the tide', never).catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1_999);
    expect(said).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(said).toEqual(['waiting for the tide']);
  });

  it('is given up at the deadline, in a sentence that says what it was', async () => {
    const waited = waitFor(waiting(60_000), 'the tide', never).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await waited).toEqual(new NotInTime('waited 60 s (TIDEMARK_START_TIMEOUT) for the tide'));
  });

  it('is not spoken of when it was there in time, and leaves no timer behind', async () => {
    expect(await waitFor(waiting(60_000), 'the tide', Promise.resolve('high'))).toBe('high');
    await expect(waitFor(waiting(60_000), 'the tide', Promise.reject(new Error('low')))).rejects.toThrow('low');
    expect(jest.getTimerCount()).toBe(0);
    expect(said).toEqual([]);
  });

  it('may take as long as it likes where there is no deadline, but not in silence', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const waited = saying(waiting(0), 'the tide', promise);
    await jest.advanceTimersByTimeAsync(3_600_000);
    resolve('high');
    expect(await waited).toBe('high');
    expect(said).toEqual(['waiting for the tide']);
  });
});

describe('Postgres, at the start of a process', () => {
  const given = process.env.DATABASE_URL!;
  const configOf = (databaseUrl: string): Config => ({
    ...readConfig({ ...process.env, AUTH_JWT_SECRET: 'a secret of the specs, 32 bytes or more' }),
    databaseUrl,
  });
  const soon = { tell: () => undefined, deadlineMs: 500 };
  let silent: Server;
  let connections: Socket[];
  let postgres: Postgres | undefined;

  const wait = (databaseUrl: string) => {
    postgres = new Postgres(databaseUrl, new Namespace('waiting'));
    return waitForPostgres(soon, configOf(databaseUrl), postgres);
  };
  beforeEach(async () => {
    connections = [];
    silent = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterEach(async () => {
    silent.close();
    for (const connection of connections) connection.destroy();
    await postgres?.close();
  });

  it('is named with its address, and without its password, where it accepts and never answers', async () => {
    const { port } = silent.address() as { port: number };
    await expect(wait(`postgres://somebody:secret@127.0.0.1:${port}/tidemark`)).rejects.toThrow(
      new NotInTime(`waited 0.5 s (TIDEMARK_START_TIMEOUT) for Postgres at 127.0.0.1:${port} (DATABASE_URL)`),
    );
  });

  it('is named with the reason where nobody listens', async () => {
    const { port } = silent.address() as { port: number };
    silent.close();
    await expect(wait(`postgres://somebody:secret@127.0.0.1:${port}/tidemark`)).rejects.toThrow(
      `waited 0.5 s (TIDEMARK_START_TIMEOUT) for Postgres at 127.0.0.1:${port} (DATABASE_URL): connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it('is not waited for where it answers that the password is wrong', async () => {
    const wrong = new URL(given);
    wrong.password = 'wrong';
    await expect(wait(wrong.href)).rejects.toThrow(/password authentication failed/);
  });
});
