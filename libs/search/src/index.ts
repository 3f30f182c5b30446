export { searchUsers } from './search.js';
export { SEARCH_INDEXES, SEARCH_TABLES } from './tables.js';
export { mergeSearch, writeSearch } from './write-search.js';
