import { describe, expect, it } from '@jest/globals';
import { KeysInFlight } from './keys-in-flight.js';

const judged = () => Promise.resolve(true);
const notJudged = () => Promise.resolve(false);
const verdictOf = (id: string) => () => Promise.resolve(new Map([[id, 'verdict']]));

describe('a key in flight', () => {
  it('keeps a second command out until the first is judged', async () => {
    const keys = new KeysInFlight();
    const { promise, resolve } = Promise.withResolvers<Map<string, string>>();
    const first = keys.send('key', 'one', notJudged, () => promise);
    await expect(keys.send('key', 'two', notJudged, verdictOf('two'))).rejects.toMatchObject({ code: 'in-flight' });
    await expect(keys.send('another', 'three', notJudged, verdictOf('three'))).resolves.toBeDefined();
    resolve(new Map([['one', 'verdict']]));
    await first;
    expect(await keys.send('key', 'two', notJudged, verdictOf('two'))).toEqual(new Map([['two', 'verdict']]));
  });

  it('stays so while the views lag behind the log, and no longer', async () => {
    const keys = new KeysInFlight();
    await keys.send('key', 'one', notJudged, () => Promise.resolve(new Map()));
    await expect(keys.send('key', 'two', notJudged, verdictOf('two'))).rejects.toMatchObject({ code: 'in-flight' });
    await expect(keys.send('key', 'two', judged, verdictOf('two'))).resolves.toBeDefined();
  });

  it('lets one of two in that come when the first is judged', async () => {
    const keys = new KeysInFlight();
    await keys.send('key', 'one', notJudged, () => Promise.resolve(new Map()));
    const { promise, resolve } = Promise.withResolvers<Map<string, string>>();
    const two = keys.send('key', 'two', judged, () => promise);
    await expect(keys.send('key', 'three', judged, verdictOf('three'))).rejects.toMatchObject({ code: 'in-flight' });
    resolve(new Map([['two', 'verdict']]));
    expect(await two).toEqual(new Map([['two', 'verdict']]));
  });

  it('is free again when it is not known whether the log has the command', async () => {
    const keys = new KeysInFlight();
    const lost = () => Promise.reject(new Error('lost'));
    await expect(keys.send('key', 'one', notJudged, lost)).rejects.toThrow('lost');
    await expect(keys.send('key', 'two', notJudged, verdictOf('two'))).resolves.toBeDefined();
  });

  it('is remembered among 10,000 others', async () => {
    const keys = new KeysInFlight();
    const nothing = () => Promise.resolve(new Map<string, string>());
    for (let n = 0; n < 10_001; n += 1) await keys.send(`key ${n}`, `${n}`, notJudged, nothing);
    await expect(keys.send('key 0', 'again', notJudged, nothing)).resolves.toBeDefined();
    await expect(keys.send('key 9000', 'again', notJudged, nothing)).rejects.toMatchObject({ code: 'in-flight' });
  });
});
