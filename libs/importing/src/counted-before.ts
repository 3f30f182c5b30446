import { type ServiceClient } from './service-client.js';

interface Listed {
  readonly id: string;
  /** Set where somebody else than an import has counted it. */
  readonly source?: string;
  readonly workspaceId: number | null;
}

/** The commits of users that the service has counted already, each with its workspace. */
export class CountedBefore {
  private readonly byUser = new Map<number, ReadonlyMap<string, number | null>>();

  constructor(private readonly client: ServiceClient) {}

  /** Reads all commits of a user, once. */
  async load(userId: number): Promise<void> {
    if (!this.byUser.has(userId)) this.byUser.set(userId, await this.read(userId));
  }

  has(userId: number, hash: string): boolean {
    return this.byUser.get(userId)?.has(packed(hash)) ?? false;
  }

  /** Where a commit of a user was counted; undefined where it was not, or nowhere in particular. */
  workspaceOf(userId: number, hash: string): number | undefined {
    return this.byUser.get(userId)?.get(packed(hash)) ?? undefined;
  }

  private async read(userId: number): Promise<ReadonlyMap<string, number | null>> {
    const commits = new Map<string, number | null>();
    let next: string | undefined = `api/v3/users/${userId}/activities?type=commit&limit=500`;
    while (next !== undefined) {
      const { status, body, headers } = await this.client.send('GET', next);
      // The user may have been deleted since: nobody has commits then.
      const listed = status === 200 && Array.isArray(body) ? (body as Listed[]) : [];
      for (const { id, source, workspaceId } of listed) {
        // The same hash from a source is not what this brings.
        if (source === undefined) commits.set(packed(id), workspaceId);
      }
      const [, link] = /<([^>]+)>;\s*rel="next"/.exec(headers.get('link') ?? '') ?? [];
      next = link && this.client.pathOf(link);
    }
    return commits;
  }
}

/** A hash in half of its letters: a history may have millions. */
function packed(hash: string): string {
  return /^[0-9a-f]{40,64}$/.test(hash) ? Buffer.from(hash, 'hex').toString('latin1') : hash;
}
