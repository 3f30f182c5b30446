export * from './decider.js';
export * from './event-log.js';
export * from './given-when-then.js';
