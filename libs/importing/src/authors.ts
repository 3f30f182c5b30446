import { concurrently } from './concurrently.js';
import { type CountedBefore } from './counted-before.js';
import { type UserReference } from './git-activities.js';
import { type Commit } from './git-history.js';
import { type Author, authorOf, normalAddress, substituteEmail, usernameOf } from './git-identities.js';
import { findPerson } from './people.js';
import { type Answer, refusalOf, type ServiceClient } from './service-client.js';
import { type Tally } from './tally.js';

/** Each waits for the service's views, so many at once cost it little. */
const AT_ONCE = 48;

/**
 * The authors of a history as users of the service: who has the e-mail address, else the username, else somebody who is
 * registered, once, before the first commit that names them.
 */
export class Authors {
  /** The username of an author, by address as git has it. */
  private readonly usernames = new Map<string, string>();
  /** The user that an author is, by that username; undefined where the service has refused them. */
  private readonly users = new Map<string, UserReference | undefined>();

  constructor(
    private readonly client: ServiceClient,
    private readonly before: CountedBefore,
    private readonly tally: Tally,
  ) {}

  /** The user of an address; where there is none, the name that the service shall refuse. */
  userOf(address: string): UserReference {
    const username = this.usernameOf(address);
    return this.users.get(username) ?? { username };
  }

  /** Finds or registers those authors of the commits that this import has not met before, by the name that comes first. */
  async meet(commits: readonly Commit[]): Promise<void> {
    const met = new Map<string, Pick<Commit, 'address' | 'name'>>();
    for (const { address, name } of commits) {
      const username = this.usernameOf(address);
      if (this.users.has(username)) continue;
      const first = met.get(username);
      if (!first || (!first.name.trim() && name.trim()))
        met.set(username, { address: first?.address ?? address, name });
    }
    await concurrently(met.entries(), AT_ONCE, async ([username, { address, name }]) => {
      this.users.set(username, await this.find(address, authorOf(address, name)));
    });
  }

  private async find(address: string, author: Author): Promise<UserReference | undefined> {
    return (await this.existing(author)) ?? (await this.register(address, author));
  }

  private async existing(author: Author): Promise<UserReference | undefined> {
    const person = await findPerson(this.client, author);
    if (person === undefined) return undefined;
    await this.before.load(person.id);
    this.tally.authors.existing += 1;
    return { userId: person.id };
  }

  private async register(address: string, author: Author): Promise<UserReference | undefined> {
    const answer = await this.client.command('POST', 'api/v3/users', { body: author });
    if (answer.status < 300) return this.registered(address, author, answer);
    const { code, detail } = refusalOf(answer);
    // Somebody else may have been faster.
    const person = code.endsWith('-taken') ? await this.existing(author) : undefined;
    if (person) return person;
    const email = substituteEmail(address);
    if (isAboutEmail(answer) && author.email !== email) return this.register(address, { ...author, email });
    if (code === 'username-taken') {
      this.tally.authors.existing += 1;
      return { username: author.username };
    }
    this.tally.refused('author', code, author.username, detail);
    return undefined;
  }

  private registered(address: string, { username, email }: Author, { body }: Answer): UserReference {
    this.tally.authors.new += 1;
    const isAsItStands = username === normalAddress(address) && email === username;
    if (!isAsItStands) this.tally.changedAuthors.push({ address, username, email });
    const { id } = (body ?? {}) as { id?: unknown };
    return typeof id === 'number' ? { userId: id } : { username };
  }

  private usernameOf(address: string): string {
    const known = this.usernames.get(address);
    if (known !== undefined) return known;
    const username = copyOf(usernameOf(address));
    this.usernames.set(copyOf(address), username);
    return username;
  }
}

/** A substring keeps the text that it was cut from in memory: a whole block of git's output for each author. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

/** Another user has the address already, or the service does not take it for one. */
function isAboutEmail(answer: Answer): boolean {
  const { code, pointers } = refusalOf(answer);
  return code === 'email-taken' || (answer.status === 422 && pointers.length === 1 && pointers[0] === '/email');
}
