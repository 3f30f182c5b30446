/** Whose activities a stream shows: one user's, or those of a whole environment. */
export interface Audience {
  readonly environment: string;
  readonly userId?: number;
}

/** Environment ids have no slash, so the two kinds never meet. */
export function audienceKey({ environment, userId }: Audience): string {
  return userId === undefined ? environment : `${environment}/${userId}`;
}
