import { isDeepStrictEqual } from 'node:util';
import type { LogRecord } from '#event-sourcing';
import { type Command, type Place, RegistryModel, REUSED, type Verdict } from './registry-model.js';
import { batchAnswer } from './registry-requests.js';

/** Moments are counted, not timed: a request that was sent at a later count than another was answered came after it. */
export interface Moments {
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Sent extends Moments {
  /** The subject of its token, which its records name. Requests under one Idempotency-Key share it, nobody else does. */
  readonly subject: string;
  readonly commands: readonly Command[];
  readonly key?: string;
  readonly answer: object;
}

export interface Read extends Moments {
  readonly place: Place;
  readonly shown: Verdict;
}

/** A place among the commands in the log that a request has for certain passed, and one that it cannot lie behind. */
export interface Span {
  readonly earliest: number;
  readonly latest: number;
}

/** What became of a history, by the order in which the log has its commands. */
export interface Judgement {
  readonly model: RegistryModel;
  /** Distinct commands in the log. */
  readonly commands: number;
  /** What each request should have been answered; nothing for one that has no record. */
  readonly answers: ReadonlyMap<Sent, object>;
  readonly spans: ReadonlyMap<Sent, Span>;
  /** What a place shows after so many commands. */
  shownAfter(place: Place, commands: number): Verdict;
}

/**
 * Applies the commands to the model in the order of the log, of which nothing is read but each record's `id` and `by`, and
 * whether a change was let in when its user was not there: it is sealed with a key of its own then.
 */
export function judgeInOrder(sent: readonly Sent[], records: readonly LogRecord[]): Judgement {
  const owners = ownersOf(sent, commandsInOrder(records));
  const model = new RegistryModel();
  const verdicts = new Map<Sent, Verdict[]>();
  const shows = [showsOf(model)];
  for (const { request, index, unseen } of owners) {
    const key = `${request.subject}/${index}`;
    const under = request.key === undefined ? undefined : { key, asked: bodyOf(request) };
    const verdict = model.judge(request.commands[index]!, under, unseen);
    verdicts.set(request, [...(verdicts.get(request) ?? []), verdict]);
    shows.push(showsOf(model));
  }
  return {
    model,
    commands: owners.length,
    answers: new Map(
      [...verdicts].map(([request, judged]) => [request, asAnswered(request, answerOf(request, judged), model)]),
    ),
    spans: spansOf(owners),
    shownAfter: ({ kind, id }, commands) => shows[commands]!.get(`${kind}/${id}`) ?? NOT_THERE,
  };
}

export const NOT_THERE: Verdict = { status: 404, code: 'not-found' };

/**
 * Under a key the door lets in what could be a repeat, though it sees no user. What such a change holds is sealed for
 * nobody's eyes, so it finds nobody even where the user has come until it is judged. Only its answer tells.
 */
export function wasLetInUnseen({ key, commands, answer }: Sent): boolean {
  const isChange = commands[0]?.type === 'replace' || commands[0]?.type === 'change';
  return key !== undefined && isChange && isDeepStrictEqual(answer, NOT_THERE);
}

interface Logged {
  readonly subject: string;
  readonly unseen: boolean;
}

/** Who sent each command of the log; a record of an id that was there before is no other command. */
function commandsInOrder(records: readonly LogRecord[]): Logged[] {
  const logged = new Map<string, Logged>();
  for (const { value } of records) {
    const { id, by, command } = JSON.parse(value.toString()) as { id: string; by: string; command: StoredCommand };
    const unseen = command.type !== 'RegisterUser' && command.key === id;
    if (!logged.has(id)) logged.set(id, { subject: by, unseen });
  }
  return [...logged.values()];
}

interface StoredCommand {
  readonly type: string;
  readonly key?: string;
}

/** The request that a record belongs to, and its place in it. */
interface Owner {
  readonly request: Sent;
  readonly index: number;
  readonly unseen: boolean;
}

const wasReused = ({ answer }: Sent) => isDeepStrictEqual(answer, REUSED);
const bodyOf = ({ commands }: Sent) => JSON.stringify(commands);

/** A batch with another body than its key came with before is refused at the door, where that is known already. */
export function wasReusedAtTheDoor(request: Sent, sent: readonly Sent[]): boolean {
  const others = sent.filter(({ subject }) => subject === request.subject);
  return request.commands.length > 1 && wasReused(request) && others.some((other) => bodyOf(other) !== bodyOf(request));
}

/**
 * Where several requests share a subject they share a key: the first in the log is one that was not refused for
 * having another body, and the order of the others makes no difference.
 */
function ownersOf(sent: readonly Sent[], logged: readonly Logged[]): Owner[] {
  const sharing = Map.groupBy(sent, ({ subject }) => subject);
  for (const requests of sharing.values()) requests.sort((a, b) => Number(wasReused(a)) - Number(wasReused(b)));
  const taken = new Map<string, number>();
  return logged.map(({ subject, unseen }) => {
    const count = taken.get(subject) ?? 0;
    taken.set(subject, count + 1);
    const requests = sharing.get(subject) ?? [];
    const size = requests[0]?.commands.length ?? 1;
    const request = requests[Math.floor(count / size)];
    if (!request) throw new Error(`the log has a command of ${subject} more than it sent`);
    return { request, index: count % size, unseen };
  });
}

function spansOf(owners: readonly Owner[]): Map<Sent, Span> {
  const own = Map.groupBy(owners.keys(), (position) => owners[position]!.request);
  const all = Map.groupBy(owners.keys(), (position) => owners[position]!.request.subject);
  const spans = [...own].map(([request, positions]): [Sent, Span] => {
    const family = all.get(request.subject)!;
    const alone = family.length === positions.length;
    return [
      request,
      { earliest: alone ? positions.at(-1)! : family[0]!, latest: alone ? positions[0]! : family.at(-1)! },
    ];
  });
  return new Map(spans);
}

function showsOf(model: RegistryModel): Map<string, Verdict> {
  const kinds = Object.entries(model.objects) as [Place['kind'], ReadonlyMap<number, unknown>][];
  return new Map(
    kinds.flatMap(([kind, objects]) =>
      [...objects.keys()].map((id) => [`${kind}/${id}`, model.show({ kind, id })] as const),
    ),
  );
}

function answerOf({ commands }: Sent, verdicts: readonly Verdict[]): object {
  if (verdicts.includes(REUSED)) return REUSED;
  return commands.length === 1 ? verdicts[0]! : batchAnswer(verdicts);
}

/** Who has been deleted since is shown by no answer any more, if that was before the answer was given. */
function asAnswered({ commands: [command], answer }: Sent, expected: object, { objects }: RegistryModel): object {
  const { body } = expected as Verdict & { body?: { id: number } };
  const isOfUser = command?.type === 'register' || command?.type === 'replace' || command?.type === 'change';
  if (!isOfUser || body === undefined || objects.users.has(body.id)) return expected;
  return isDeepStrictEqual(answer, NOT_THERE) ? NOT_THERE : expected;
}
