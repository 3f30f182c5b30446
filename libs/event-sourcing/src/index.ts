export * from './decider.js';
export * from './event-log.js';
