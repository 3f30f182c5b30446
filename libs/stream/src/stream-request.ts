import { type ActivityOwner } from '#activities';

/** Whose activities a stream shows. */
export type StreamTarget = ActivityOwner;

/** Environment ids have no slash, so the two kinds never meet. */
export function targetKey({ environment, userId }: StreamTarget): string {
  return userId === undefined ? environment : `${environment}/${userId}`;
}
