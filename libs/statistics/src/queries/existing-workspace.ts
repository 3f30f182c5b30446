import { notFound } from '#platform';
import { type Directory } from '#registry';

/** Throws `not-found` for a workspace that is not there; none is the whole environment. */
export async function requireWorkspace(directory: Directory, environment: string, workspace?: number): Promise<void> {
  if (workspace === undefined) return;
  const existing = await directory.workspaceIds(environment, [workspace]);
  if (!existing.has(workspace)) throw notFound('workspace');
}
