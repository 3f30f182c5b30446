export { asOne } from './as-one.js';
export { readCheckpoints } from './checkpoints.js';
export {
  type DeadLetter,
  listDeadLetters,
  NotYetCarriedOut,
  type Outcome,
  retry,
  showDeadLetter,
  skip,
} from './dead-letter-desk.js';
export { countOpen, keysThatWait } from './dead-letters.js';
export {
  type AfterCommit,
  type Fold,
  type FoldViews,
  RecordTooNew,
  StopProjection,
  Unreadable,
  type Write,
} from './fold.js';
export { guardGenerations } from './generation-gate.js';
export { GenerationMissing, generationOf, prepareGeneration, requireGeneration } from './generation.js';
export { measureProjections } from './projection-metrics.js';
export { project } from './projector.js';
export { allGenerations } from './replay/places.js';
export { replay, type ReplayOptions, type ReplayResult } from './replay/replay.js';
export {
  type Beside,
  type Difference,
  type Load,
  type Replayed,
  type ReplayProgress,
  ReplayRefused,
} from './replay/replayed.js';
export { dropOld, rollBack } from './replay/rollback.js';
