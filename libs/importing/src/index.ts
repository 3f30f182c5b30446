export { ImportError } from './import-error.js';
export { type GitImport, importGit, type ImportSummary } from './import-git.js';
export { importNdjson, type NdjsonImport, type NdjsonSummary } from './import-ndjson.js';
export { type Progress } from './progress.js';
export { refusalOf, type Service, ServiceClient } from './service-client.js';
export { isComplete, linesSummaryText, summaryText } from './summary.js';
