import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

// 400 of the largest activities stay below the 8 MiB that a request may have.
const BATCH = 400;
const MOST_WAITING = 100_000;
const ANSWERED_WITHIN_MS = 30_000;
const LONGEST_PAUSE_MS = 10_000;
// Only these are about what was sent. All else passes, or an operator mends it: the same activities are sent again.
const VERDICTS = [202, 400, 413, 422];

/**
 * Sends activities to Tidemark in the background, in batches: what comes while a batch is on its way is the next one.
 *
 * An activity gets its id before it is sent first and keeps it, so that Tidemark counts it once however often it is sent. What
 * waits is kept in memory: a service that may lose nothing when it is killed writes it to a table of its own first.
 *
 * @param {object} options
 * @param {string} options.url where Tidemark is, such as `http://127.0.0.1:3000`
 * @param {string} options.environment
 * @param {() => string | Promise<string>} options.token gives a token that is still good, with the scope `activities:write`
 * @param {(activity: object, why: { code: string, detail: string }) => void} options.onRejected told what Tidemark does not take
 */
export function activitySender({ url, environment, token, onRejected }) {
  const waiting = [];
  let sending = Promise.resolve();
  let isSending = false;

  async function sendAll() {
    isSending = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      await sendUntilJudged(batch);
      waiting.splice(0, batch.length);
    }
    isSending = false;
  }

  async function sendUntilJudged(batch) {
    for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const answer = await send(batch).catch((error) => ({ error }));
      if (VERDICTS.includes(answer.status)) return judge(batch, answer);
      console.warn(`Tidemark did not take ${batch.length} activities (${answer.error ?? answer.status}); once more`);
      // Spread, so that not all who were turned away come back at once.
      await pause(Math.max(pauseMs * (0.5 + Math.random()), 1_000 * (answer.retryAfter ?? 0)));
    }
  }

  async function send(batch) {
    const response = await fetch(`${url}/api/v3/activities`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token()}`,
        'environment-id': environment,
        'content-type': 'application/json',
      },
      body: JSON.stringify(batch),
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const retryAfter = Number(response.headers.get('retry-after')) || 0;
    return { status: response.status, retryAfter, body: isJson ? JSON.parse(text) : {} };
  }

  async function judge(batch, { status, body }) {
    if (status === 413 && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      await sendUntilJudged(batch.slice(0, half));
      return sendUntilJudged(batch.slice(half));
    }
    for (const { index, code, detail } of body.rejected ?? []) onRejected(batch[index], { code, detail });
    if (status === 202 || body.rejected) return;
    for (const activity of batch) onRejected(activity, { code: `http-${status}`, detail: body.detail ?? '' });
  }

  return {
    /**
     * Takes an activity to be sent, as `POST /api/v3/activities` has it.
     * @returns {boolean} false where too many wait already: it was not taken
     */
    track(activity) {
      if (waiting.length >= MOST_WAITING) return false;
      waiting.push({ id: randomUUID(), occurredAt: new Date().toISOString(), ...activity });
      if (!isSending) sending = sendAll();
      return true;
    },
    /** Resolves when Tidemark has judged all that was taken so far. */
    flush: () => sending,
  };
}
