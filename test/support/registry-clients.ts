import { eventually } from './eventually.js';
import { outcomeOf } from './outcomes.js';
import type { Read, Sent } from './registry-history.js';
import { type Command, isAlteration, type Place, placeOf } from './registry-model.js';
import { pathOf, requestOf, verdictOf } from './registry-requests.js';
import type { Script, Step } from './registry-scripts.js';
import type { Answer, Service } from './service.js';
import type { TopicTail } from './topic-tail.js';

/** What was asked and answered in one environment. */
export interface History {
  readonly sent: Sent[];
  readonly reads: Read[];
}

/** Plays a script: its clients at once, each one step after the other, in an environment of their own. */
export async function playScript(
  script: Script,
  environment: string,
  instances: readonly Service[],
  tail: TopicTail,
  topic: string,
): Promise<History> {
  const history: History = { sent: [], reads: [] };
  let moment = 0;
  const tick = () => (moment += 1);

  async function send(instance: number, subject: string, commands: readonly Command[], key?: string): Promise<void> {
    const { method, path, body, headers } = requestOf(commands, key);
    const client = await instances[instance]!.client(environment, { subject });
    let sentAt = 0;
    const first = await eventually(async () => {
      sentAt = tick();
      const answer = await client(method, path, body, headers);
      if (answer.body?.type === '/problems/in-flight') throw new Error(`${subject} is still running`);
      return answer;
    });
    const answer = shortened(await outcomeOf(client, first), commands.length > 1);
    history.sent.push({ subject, commands, key, sentAt, answeredAt: tick(), answer });
  }

  /** The version that is shown, for who wants to change that one and no other. */
  async function read(instance: number, place: Place): Promise<number | undefined> {
    const client = await instances[instance]!.client(environment);
    const sentAt = tick();
    const shown = verdictOf(await client('GET', pathOf(place)));
    history.reads.push({ place, shown, sentAt, answeredAt: tick() });
    return shown.version;
  }

  /** Looks first, and again at another instance, which must show by then what became of it. */
  async function sendFresh(instance: number, subject: string, command: Command): Promise<void> {
    if (!isAlteration(command)) return send(instance, subject, [command]);
    const ifMatch = await read(instance, placeOf(command));
    await send(instance, subject, [ifMatch === undefined ? command : { ...command, ifMatch }]);
    await read((instance + 1) % instances.length, placeOf(command));
  }

  /** Bytes of the log, as they are: whatever a record holds, twice is once. */
  async function repeat(nth: number): Promise<void> {
    const records = tail.recordsOf(environment);
    if (records.length === 0) return;
    await tail.log.append(topic, [{ key: environment, value: records[nth % records.length]!.value }]);
  }

  async function play(step: Step, subject: string): Promise<void> {
    const { instance } = step;
    if (step.do === 'read') await read(instance, step.place);
    else if (step.do === 'repeat') await repeat(step.nth);
    else if (step.do === 'keyed')
      await send(instance, `key-${step.key}`, script.keyed[step.key]![step.body]!, 'the-key');
    else if (step.fresh) await sendFresh(instance, subject, step.commands[0]!);
    else await send(instance, subject, step.commands);
  }

  for (const [place, command] of script.before.entries()) await send(0, `before-${place}`, [command]);
  const clients = script.clients.map(async (steps, client) => {
    for (const [place, step] of steps.entries()) await play(step, `client-${client}-${place}`);
  });
  await Promise.all(clients);
  return history;
}

/** Of a batch, what was created and which items were refused for what. */
function shortened(answer: Answer, isBatch: boolean): object {
  if (!isBatch || answer.status !== 200) return verdictOf(answer);
  const { created, rejected } = answer.body as { created: number; rejected: { index: number; code: string }[] };
  return { created, rejected: rejected.map(({ index, code }) => ({ index, code })) };
}
