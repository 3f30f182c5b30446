import { type AppProcess, spawnApp } from './app-process.ts';
import type { Service } from './service.ts';

export type ProjectorProcess = AppProcess;

/** Resolves when the projector has joined its groups. */
export function spawnProjector(service: Pick<Service, 'config'>): Promise<ProjectorProcess> {
  return spawnApp('projector', service);
}
