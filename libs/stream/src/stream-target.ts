/** Whose activities a stream shows: one user's, or those of a whole environment. */
export interface StreamTarget {
  readonly environment: string;
  readonly userId?: number;
}

/** Environment ids have no slash, so the two kinds never meet. */
export function targetKey({ environment, userId }: StreamTarget): string {
  return userId === undefined ? environment : `${environment}/${userId}`;
}
