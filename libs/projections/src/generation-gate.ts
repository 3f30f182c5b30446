import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Namespace, Postgres, Problem } from '#platform';
import { type FoldViews } from './fold.js';
import { GenerationMissing, requireGeneration } from './generation.js';

// Long enough to cost nothing, short enough that nobody is answered from half of the views for long.
const GOOD_FOR_MS = 1_000;

/** Every request that has a caller passes the gate, before its body is read. */
export function guardGenerations(
  app: NestFastifyApplication,
  folds: (namespace: Namespace) => readonly FoldViews[],
): void {
  const namespace = app.get(Namespace);
  const gate = generationGate(app.get(Postgres), namespace, folds(namespace));
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request) => {
      if (request.caller) await gate();
    });
}

/**
 * Keeps requests out while the views are not there or still being rebuilt: a door that looks into half of them would
 * refuse who is well known, and a stream would show history as news. Throws `unavailable`.
 */
export function generationGate(
  postgres: Postgres,
  namespace: Namespace,
  folds: readonly FoldViews[],
): () => Promise<void> {
  let checked: { at: number; result: Promise<void> } | undefined;
  const check = async () => {
    for (const fold of folds) await requireGeneration(postgres, namespace, fold);
  };
  return async () => {
    if (checked === undefined || Date.now() - checked.at > GOOD_FOR_MS) checked = { at: Date.now(), result: check() };
    await checked.result.catch((error: unknown) => {
      if (!(error instanceof GenerationMissing)) throw error;
      throw new Problem('unavailable', `Just now ${error.message}.`, { headers: { 'retry-after': '2' }, cause: error });
    });
  };
}
