import { describe, expect, it } from '@jest/globals';
import { type LogRecord } from '#event-sourcing';
import { encodeControl, isControl, MOST_TAKEN, readControl } from './controls.js';

const record = (value: string): LogRecord => {
  return { partition: 0, offset: 0, key: 'demo/1', value: Buffer.from(value), time: 0 };
};
const id = '019aaa2e-5a3c-7d64-b6a1-3f0c2a9b7e11';

describe('a control record', () => {
  // As logs have them: these bytes are only ever added to.
  it.each([
    [
      `{"control":"retry","id":"${id}","key":"demo/1","limit":1000,"by":"ops"}`,
      { control: 'retry', id, key: 'demo/1', limit: 1000, by: 'ops' },
    ],
    [
      `{"control":"skip","id":"${id}","key":"demo","position":7,"limit":1,"by":"ops"}`,
      { control: 'skip', id, key: 'demo', position: 7, limit: 1, by: 'ops' },
    ],
  ] as const)('is read for ever as %s says', (text, control) => {
    expect(encodeControl(control)).toBe(text);
    expect(isControl(record(text))).toBe(true);
    expect(readControl(record(text))).toEqual(control);
  });

  it('may have more fields than are known, and takes up no more than one transaction can', () => {
    const text = `{"control":"retry","id":"${id}","key":"k","limit":1e9,"by":"","because":"x"}`;
    expect(readControl(record(text))).toEqual({ control: 'retry', id, key: 'k', limit: MOST_TAKEN, by: '' });
  });

  it.each(['{"v":1,"control":"skip"}', ' {"control":"skip"}', '{"controls":1}', '{"con', '', '"control"'])(
    'is not what only looks like one: %s',
    (text) => expect(isControl(record(text))).toBe(false),
  );

  it.each([
    '{"control":"explode"}',
    '{"control":null',
    `{"control":"skip","id":"${id}","key":"k","limit":1,"by":""}`,
    `{"control":"skip","id":"${id}","key":"k","limit":1,"by":"","position":-1}`,
    `{"control":"retry","id":"x","key":"k","limit":1,"by":""}`,
    `{"control":"retry","id":"${id}","key":1,"limit":1,"by":""}`,
    `{"control":"retry","id":"${id}","key":"\\u0000","limit":1,"by":""}`,
    `{"control":"retry","id":"${id}","key":"\\ud800","limit":1,"by":""}`,
    `{"control":"retry","id":"${id}","key":"k","limit":0.5,"by":""}`,
  ])('asks for nothing where it is %s', (text) => {
    expect(isControl(record(text))).toBe(true);
    expect(readControl(record(text))).toBeUndefined();
  });

  it.each(['replace', '', 'x'.repeat(200)])('is not passed over where newer code wrote it: %j', (kind) => {
    const text = JSON.stringify({ control: kind, id, key: 'demo/1', limit: 1, by: 'ops', because: 'x' });
    expect(() => readControl(record(text))).toThrow(
      `a request "${kind.slice(0, 100)}" of an operator at position 0 of partition 0 was written by newer code`,
    );
  });
});
