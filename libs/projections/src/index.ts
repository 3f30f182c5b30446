export { combineConsumptions } from './combine-consumptions.js';
export { type AsOf, liveViews, readAsOf, readCheckpoints } from './checkpoints.js';
export { retriedKeys } from './controls.js';
export {
  type DeadLetter,
  listDeadLetters,
  type Outcome,
  retryDeadLetters,
  showDeadLetter,
  skipDeadLetter,
} from './dead-letter-commands.js';
export { countOpen, keysThatWait } from './dead-letters.js';
export { type Fold, type FoldViews, RecordTooNew, StopProjection, Unreadable } from './fold.js';
export { guardGenerations } from './generation-gate.js';
export { GenerationMissing, generationOf, needsReplay, prepareGeneration, requireGeneration } from './generation.js';
export { measureProjections } from './projection-metrics.js';
export { project } from './projector.js';
export { allGenerations } from './replay/generation-states.js';
export { replay, type ReplayOptions, type ReplayResult } from './replay/replay.js';
export {
  type DerivedData,
  type Difference,
  type Load,
  type ReplayedFold,
  type ReplayProgress,
  ReplayRefused,
  type Work,
} from './replay/replayed-fold.js';
export { dropOld, rollBack } from './replay/rollback.js';
