export { replayedFigures } from './figures-replay.js';
export { StatisticsModule } from './statistics.module.js';
export { statisticsFollower, type StatisticsFollower } from './statistics-follower.js';
