import { type ActivityOwner } from '#activities';

/** What a client asks for. */
export interface StreamRequest {
  readonly target: ActivityOwner;
  readonly types?: ReadonlySet<string>;
  /** The position to resume behind, as the client says it. */
  readonly position?: string;
  /** Milliseconds since the epoch, of the log's time. A position is preferred. */
  readonly since?: number;
}

/** Environment ids have no slash, so the three kinds never meet. */
export function targetKey({ environment, userId, workspaceId }: ActivityOwner): string {
  if (userId !== undefined) return `${environment}/${userId}`;
  return workspaceId === undefined ? environment : `${environment}/workspaces/${workspaceId}`;
}

/** Equal for two requests for the same stream, whatever their positions and formats. */
export function streamKey({ target, types }: StreamRequest): string {
  return [targetKey(target), ...[...(types ?? [])].sort()].join(' ');
}
