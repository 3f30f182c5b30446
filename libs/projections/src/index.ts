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
export { type AfterCommit, type Fold, type FoldViews, StopProjection, Unreadable, type Write } from './fold.js';
export { guardGenerations } from './generation-gate.js';
export { GenerationMissing, prepareGeneration, requireGeneration } from './generation.js';
export { measureProjections } from './projection-metrics.js';
export { project } from './projector.js';
