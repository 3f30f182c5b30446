export { DirectoryModule } from './directory.module.js';
export { registryFold, registryTopic, registryViews, replayedRegistry } from './fold/registry.fold.js';
export { RegistryModule } from './registry.module.js';
export { Keyring } from './sealing/keyring.js';
export { prepareKeys } from './sealing/prepare-keys.js';
export { type TextSeal } from './sealing/text-seal.js';
export { Role } from './workspaces/http/workspaces.input.js';
export { Directory, type UserReference } from './users/queries/directory.js';
export { RecentDirectory } from './users/queries/recent-directory.js';
