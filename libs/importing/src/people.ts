import { type Author, cut } from './git-identities.js';
import { type ServiceClient } from './service-client.js';

/** A user of the service, as a search shows it. */
export interface Person {
  readonly id: number;
  readonly username: string;
  readonly email: string;
}

/** Source: the service's limits of a search. */
const MAX_QUERY = 200;
const MAX_FOUND = 100;

/** The user that an author is: who has the e-mail address, else who has the username. Undefined where there is none. */
export async function findPerson(client: ServiceClient, { email, username }: Author): Promise<Person | undefined> {
  const found = await search(client, email);
  const byEmail = found.find((person) => isSame(person.email, email));
  if (byEmail) return byEmail;
  const named = username === email ? found : await search(client, username);
  return named.find((person) => isSame(person.username, username));
}

// Exact matches come before those that only begin with the text.
async function search(client: ServiceClient, text: string): Promise<Person[]> {
  const query = new URLSearchParams({ q: cut(text, MAX_QUERY), limit: String(MAX_FOUND) });
  const { status, body } = await client.send('GET', `api/v3/users/search?${query}`);
  return status === 200 && Array.isArray(body) ? (body as Person[]) : [];
}

/** As the service tells names apart. */
const comparable = (text: string) => text.normalize('NFKC').trim().toLowerCase();
const isSame = (one: string, other: string) => comparable(one) === comparable(other);
