export { registryFold, registryTopic } from './fold/registry.fold.js';
export { RegistryModule } from './registry.module.js';
export { Role } from './workspaces/http/workspaces.input.js';
export { Directory, type UserReference } from './users/queries/directory.js';
