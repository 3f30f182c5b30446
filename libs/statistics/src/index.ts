export { replayedFigures } from './figures-replay.js';
export { StatisticsModule } from './statistics.module.js';
export { StatisticsFollower } from './statistics-follower.js';
