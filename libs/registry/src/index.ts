export { Directory, type UserReference } from './users/queries/directory.js';
