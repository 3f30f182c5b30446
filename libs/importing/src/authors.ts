import { concurrently } from './concurrently.js';
import { type Commit } from './git-history.js';
import { type Author, authorOf, normalAddress, substituteEmail, usernameOf } from './git-identities.js';
import { type Answer, refusalOf, type ServiceClient } from './service-client.js';
import { type Tally } from './tally.js';

/** Each waits for the service's views, so many at once cost it little. */
const AT_ONCE = 48;

/** The authors of a history as users of the service: each is registered once, before the first commit that names it. */
export class Authors {
  /** By address as git has it. */
  private readonly usernames = new Map<string, string>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly client: ServiceClient,
    private readonly tally: Tally,
  ) {}

  usernameOf(address: string): string {
    const known = this.usernames.get(address);
    if (known !== undefined) return known;
    const username = copyOf(usernameOf(address));
    this.usernames.set(copyOf(address), username);
    return username;
  }

  /** Registers those authors of the commits that this import has not met before, by the name that comes first. */
  async register(commits: readonly Commit[]): Promise<void> {
    const met = new Map<string, Pick<Commit, 'address' | 'name'>>();
    for (const { address, name } of commits) {
      const username = this.usernameOf(address);
      if (this.seen.has(username)) continue;
      const first = met.get(username);
      if (!first || (!first.name.trim() && name.trim()))
        met.set(username, { address: first?.address ?? address, name });
    }
    for (const username of met.keys()) this.seen.add(username);
    await concurrently(met.values(), AT_ONCE, ({ address, name }) =>
      this.registerOne(address, authorOf(address, name)),
    );
  }

  private async registerOne(address: string, author: Author): Promise<void> {
    const answer = await this.client.command('POST', 'api/v3/users', { body: author });
    if (!isAboutEmail(answer) || author.email === substituteEmail(address)) return this.settle(address, author, answer);
    const substitute = { ...author, email: substituteEmail(address) };
    this.settle(address, substitute, await this.client.command('POST', 'api/v3/users', { body: substitute }));
  }

  private settle(address: string, author: Author, answer: Answer): void {
    const { code, detail } = refusalOf(answer);
    if (answer.status < 300) this.registered(address, author);
    else if (code === 'username-taken') this.tally.author('existing');
    else this.tally.refused('author', code, author.username, detail);
  }

  private registered(address: string, { username, email }: Author): void {
    this.tally.author('new');
    const isAsItStands = username === normalAddress(address) && email === username;
    if (!isAsItStands) this.tally.changedAuthors.push({ address, username, email });
  }
}

/** A substring keeps the text that it was cut from in memory: a whole block of git's output for each author. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

/** Another user has the address already, or the service does not take it for one. */
function isAboutEmail(answer: Answer): boolean {
  if (answer.status < 400) return false;
  const { code, pointers } = refusalOf(answer);
  return code === 'email-taken' || (answer.status === 422 && pointers.length === 1 && pointers[0] === '/email');
}
