import { isDeepStrictEqual } from 'node:util';
import {
  type Judgement,
  type Moments,
  NOT_THERE,
  type Read,
  type Sent,
  wasLetInUnseen,
  wasReusedAtTheDoor,
} from './registry-history.js';
import { isAlteration, placeOf } from './registry-model.js';

/** What clients could tell from their answers that does not fit the order of the log, a line each. */
export function brokenOrder(judgement: Judgement, sent: readonly Sent[], reads: readonly Read[]): string[] {
  return [...overtaken(judgement), ...misread(judgement, [...reads, ...turnedAway(judgement, sent)])];
}

/** What was sent after something else was answered stands behind it in the log. */
function overtaken({ spans }: Judgement): string[] {
  return [...spans].flatMap(([one, before]) =>
    [...spans]
      .filter(([other]) => one.answeredAt < other.sentAt)
      .filter(([, after]) => before.earliest >= after.latest)
      .map(([other]) => `${other.subject} was sent after ${one.subject} was answered, and is before it in the log`),
  );
}

/** The door keeps commands for users that it does not see out of the log, or from changing anything: it reads, as it were. */
function turnedAway({ answers }: Judgement, sent: readonly Sent[]): Read[] {
  return sent
    .filter((request) => !answers.has(request) || wasLetInUnseen(request))
    .filter((request) => !wasReusedAtTheDoor(request, sent))
    .map(({ subject, commands: [command], answer }) => {
      const place = command && isAlteration(command) && placeOf(command);
      if (!place || place.kind !== 'users' || !isDeepStrictEqual(answer, NOT_THERE)) {
        throw new Error(`${subject} was answered ${JSON.stringify(answer)} and has no record in the log`);
      }
      return { place, shown: NOT_THERE, ...momentsOf(sent.filter((request) => request.subject === subject)) };
    });
}

/** From the first of these to the last: any one under a key may be the one that was looked at. */
const momentsOf = (requests: readonly Moments[]): Moments => ({
  sentAt: Math.min(...requests.map(({ sentAt }) => sentAt)),
  answeredAt: Math.max(...requests.map(({ answeredAt }) => answeredAt)),
});

/**
 * A read shows what a place was after some number of commands: no fewer than had been answered, or were seen by a read
 * that was over, when it began; none that was sent when it was over. Each is given the smallest number that there is.
 */
function misread(judgement: Judgement, reads: readonly Read[]): string[] {
  const broken: string[] = [];
  const placed: { read: Moments; commands: number }[] = [];
  for (const read of [...reads].sort((a, b) => a.sentAt - b.sentAt)) {
    const seen = placed.filter(({ read: { answeredAt } }) => answeredAt < read.sentAt).map(({ commands }) => commands);
    const from = Math.max(0, ...seen, ...judgedBefore(judgement, read));
    const upTo = Math.min(judgement.commands, ...notSentBefore(judgement, read));
    const commands = firstShowing(judgement, read, from, upTo);
    if (commands !== undefined) placed.push({ read, commands });
    else {
      const { place, shown } = read;
      broken.push(`${place.kind}/${place.id} never was ${JSON.stringify(shown)} after ${from} to ${upTo} commands`);
    }
  }
  return broken;
}

const judgedBefore = ({ spans }: Judgement, { sentAt }: Read) =>
  [...spans].filter(([request]) => request.answeredAt < sentAt).map(([, { earliest }]) => earliest + 1);

const notSentBefore = ({ spans }: Judgement, { answeredAt }: Read) =>
  [...spans].filter(([request]) => request.sentAt > answeredAt).map(([, { latest }]) => latest);

function firstShowing(judgement: Judgement, { place, shown }: Read, from: number, upTo: number): number | undefined {
  for (let commands = from; commands <= upTo; commands += 1) {
    if (isDeepStrictEqual(judgement.shownAfter(place, commands), shown)) return commands;
  }
  return undefined;
}
