import { type AppProcess, spawnApp } from './app-process.js';
import { type Service } from './service.js';

export type ProjectorProcess = AppProcess;

/** Resolves when the projector has joined its groups. */
export function spawnProjector(service: Pick<Service, 'config'>): Promise<ProjectorProcess> {
  return spawnApp('projector', service);
}
