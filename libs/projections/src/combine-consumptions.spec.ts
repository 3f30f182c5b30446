import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Consumption } from '#event-sourcing';
import { createLogger } from '#platform';
import { combineConsumptions } from './combine-consumptions.js';

const logger = createLogger('test', 'silent');

/** A consumption that ends as it is told to, or some time after it is stopped; what happens is noted. */
function consumption(name: string, notes: string[], { stops = true } = {}) {
  const joined = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const stop = async () => {
    notes.push(`stop ${name}`);
    await turn();
    if (!stops) return new Promise<void>(() => undefined);
    notes.push(`${name} ended`);
    ended.resolve();
  };
  const running: Consumption = { joined: joined.promise, ended: ended.promise, stop };
  return { running, joined, ended };
}

function pair(options: { stops?: boolean } = {}) {
  const notes: string[] = [];
  const [one, two] = [consumption('one', notes), consumption('two', notes, options)];
  const close = async () => void notes.push('closed');
  const all = combineConsumptions([one.running, two.running], close, {
    logger,
    patience: options.stops === false ? 10 : 10_000,
  });
  return { notes, one, two, all };
}

const inOrder = ['stop one', 'stop two', 'one ended', 'two ended', 'closed'];

describe('consumptions of one process', () => {
  it('have joined when all have', async () => {
    const { one, two, all } = pair();
    let joined = false;
    void all.joined.then(() => (joined = true));
    one.joined.resolve();
    await turn();
    expect(joined).toBe(false);
    two.joined.resolve();
    await all.joined;
  });

  it('end together when one cannot go on, in order, with its reason', async () => {
    const { notes, two, all } = pair();
    two.ended.reject(new Error('newer code'));
    await expect(all.ended).rejects.toThrow('newer code');
    expect(notes).toEqual(inOrder);
  });

  it('end together when one of them just ends', async () => {
    const { notes, one, all } = pair();
    one.ended.resolve();
    await all.ended;
    expect(notes).toEqual(inOrder);
  });

  it('end when they are asked to, and a second time changes nothing', async () => {
    const { notes, all } = pair();
    await Promise.all([all.stop(), all.stop()]);
    await all.ended;
    expect(notes).toEqual(inOrder);
  });

  it('do not wait for ever for one that does not end', async () => {
    const { notes, one, all } = pair({ stops: false });
    one.ended.reject(new Error('newer code'));
    await expect(all.ended).rejects.toThrow('newer code');
    expect(notes).toEqual(['stop one', 'stop two', 'one ended']);
  });

  it('have ended also where something cannot be closed', async () => {
    const { running } = consumption('one', []);
    const all = combineConsumptions([running], () => Promise.reject(new Error('closed before')), { logger });
    await all.stop();
    await expect(all.ended).resolves.toBeUndefined();
  });
});
