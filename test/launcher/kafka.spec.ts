import { describe, expect, it } from '@jest/globals';
import { newClusterId } from '../../launcher/kafka.ts';

describe("a Kafka cluster's id", () => {
  it('never begins with a dash, which would be taken for an option', () => {
    const [dash, good] = [Buffer.from([0xf8, ...Buffer.alloc(15)]), Buffer.alloc(16, 1)];
    expect(dash.toString('base64url')).toMatch(/^-/);
    const twice = [dash, good];
    expect(newClusterId(() => twice.shift()!)).toBe(good.toString('base64url'));
  });
});
