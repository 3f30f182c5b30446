import { describe, expect, it } from '@jest/globals';
import { type LogRecord } from '#event-sourcing';
import { Namespace } from '#platform';
import { notesFold } from '../../test/notes.js';
import { type Fold } from '../fold.js';
import { ofOneEnvironment } from './one-environment.js';

/** The keys of the records that a fold is given. */
function seeing(): { fold: Fold; keys: string[] } {
  const keys: string[] = [];
  const prepare: Fold['prepare'] = async (_, records) => {
    keys.push(...records.map(({ key }) => key));
    return async () => undefined;
  };
  return { fold: { ...notesFold(new Namespace('t')), prepare }, keys };
}

const KEYS = ['a', 'a/1', 'ab', 'ab/1', 'b', 'b/a', 'a-b/1', 'A/1', '', '/a', 'a/', 'a/1/2'];
const records = KEYS.map((key, offset): LogRecord => ({ partition: 0, offset, key, value: Buffer.alloc(0), time: 0 }));

describe('a replay of one environment', () => {
  it.each([
    ['a', ['a', 'a/1', 'a/', 'a/1/2']],
    ['ab', ['ab', 'ab/1']],
    ['c', []],
  ])('is given the records of %j alone, and not of one whose name only begins so', async (environment, own) => {
    const [follows, loads] = [seeing(), seeing()];
    const { fold, load } = ofOneEnvironment(
      { fold: follows.fold, load: { fold: loads.fold, finish: [] } },
      environment,
    );
    await fold.prepare(0, records);
    await load.fold.prepare(0, records);
    expect(follows.keys).toEqual(own);
    expect(loads.keys).toEqual(own);
  });
});
