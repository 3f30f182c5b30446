import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { kafkaEventLog } from '#event-log';
import { type EventLog, LogMismatch } from '#event-sourcing';
import { createLogger } from '#platform';
import { notesFold } from '../test/notes.js';
import { type Projecting, projecting } from '../test/projecting.js';
import { project } from './projector.js';

const logger = createLogger('test', 'silent');
let views: Projecting;
let log: EventLog;

beforeEach(() => {
  views = projecting(process.env.DATABASE_URL!);
  log = kafkaEventLog({ brokers: process.env.KAFKA_BROKERS!.split(','), clientId: views.namespace.name, logger });
});
afterEach(async () => {
  await log.close();
  await views.close();
});

it('a projector stops with a sentence at a position outside the log, and changes nothing', async () => {
  const { namespace, postgres } = views;
  const fold = notesFold(namespace);
  await log.prepare([fold.topic]);
  await log.append(fold.topic.name, [{ key: 'ann', value: 'a1' }]);
  const partition = log.partitionOf(fold.topic.name, 'ann');
  await views.owner(fold);
  await postgres.query('UPDATE registry_checkpoints SET position = 7 WHERE partition = $1', [partition]);
  const { ended } = await project(fold, { log, postgres, namespace, logger });
  const stopped = expect(ended).rejects;
  await stopped.toThrow(/position 7 of .* is outside the log, which holds 0 to 1: it is another log/);
  await expect(ended).rejects.toThrow(LogMismatch);
  expect(await views.position(partition)).toBe(7);
  expect(await views.applied()).toEqual([]);
});
