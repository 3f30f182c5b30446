/**
 * SQL for other rooms: the workspaces of an environment (`id`, `name`), and the strongest `role` that a user has in each now, by whichever
 * way; null without one. Both are placeholders or columns.
 */
export const workspacesOf = (environment: string, userId: string): string => `
  SELECT workspaces.id, workspaces.name, (
    SELECT role FROM workspace_roles ways
    WHERE ways.environment = workspaces.environment AND ways.user_id = ${userId} AND ways.workspace_id = workspaces.id
    ORDER BY array_position(ARRAY['viewer', 'editor', 'admin'], role) DESC LIMIT 1
  ) AS role
  FROM workspaces WHERE workspaces.environment = ${environment}`;
