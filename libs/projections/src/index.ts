export { readCheckpoints } from './checkpoints.js';
export { type AfterCommit, type Fold, type FoldViews, type Write } from './fold.js';
export { guardGenerations } from './generation-gate.js';
export { GenerationMissing, prepareGeneration, requireGeneration } from './generation.js';
export { project } from './projector.js';
