import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { Namespace, ownTurn } from '#platform';
import { type Verdict } from '../decisions/registry.state.js';
import { sealRecords, type SentCommand } from '../stored/command-seals.js';
import { type KeySource } from '../stored/keyring.js';
import { encodeRecord, registryTopic, type StoredRecord } from '../stored/registry.record.js';
import { AwaitedOutcomes } from './awaited-outcomes.js';

const SEALED_AT_ONCE = 100;
// As many as the fold takes at once: they share a send, a transaction and a look for outcomes.
const APPENDED_AT_ONCE = 500;

interface Sender {
  readonly environment: string;
  readonly subject: string;
}

/** The topic of the registry: commands go in sealed, and verdicts come of them. */
@Injectable()
export class RegistryLog {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly namespace: Namespace,
    private readonly outcomes: AwaitedOutcomes,
  ) {}

  /**
   * The verdicts, by the ids of the commands, that are known when all are or after `patience` ms. What is personal is sealed
   * with `keys`.
   */
  async judge(
    sender: Sender,
    commands: readonly SentCommand[],
    patience: number,
    keys: KeySource,
  ): Promise<ReadonlyMap<string, Verdict>> {
    const topic = registryTopic(this.namespace).name;
    const ids = commands.map(({ id }) => id);
    const expected = this.outcomes.expect(ids, this.log.partitionOf(topic, sender.environment), patience);
    const appends: Promise<void>[] = [];
    try {
      // In their order; the first are judged while the last are still being sealed.
      for (let start = 0; start < commands.length; start += APPENDED_AT_ONCE) {
        if (start > 0) await ownTurn();
        const records = await seal(keys, sender, commands.slice(start, start + APPENDED_AT_ONCE));
        expected.sending(records.map(({ id }) => id));
        const values = records.map((record) => ({ key: sender.environment, value: encodeRecord(record) }));
        appends.push(this.log.append(topic, values));
        appends.at(-1)!.catch(() => undefined);
      }
      await Promise.all(appends);
    } catch (error) {
      expected.forget();
      throw error;
    }
    return expected.verdicts;
  }
}

/** Others are heard in between. */
async function seal(keys: KeySource, sender: Sender, commands: readonly SentCommand[]): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let start = 0; start < commands.length; start += SEALED_AT_ONCE) {
    if (start > 0) await ownTurn();
    records.push(...(await sealRecords(keys, sender, commands.slice(start, start + SEALED_AT_ONCE))));
  }
  return records;
}
