export { ImportError } from './import-error.js';
export { type GitImport, importGit, type ImportProgress, type ImportSummary } from './import-git.js';
export { type ProgressDisplay, progressDisplay } from './progress.js';
export { type Service } from './service-client.js';
export { isComplete, summaryText } from './summary.js';
