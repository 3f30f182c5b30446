import { type NameKeys } from './user.js';

/** The form in which usernames and e-mail addresses are compared: two that differ only here are the same name. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** The keys of the names that are there. */
export function nameKeys(names: NameKeys): NameKeys;
export function nameKeys(names: Partial<NameKeys>): Partial<NameKeys>;
export function nameKeys({ username, email }: Partial<NameKeys>): Partial<NameKeys> {
  return {
    ...(username !== undefined && { username: nameKey(username) }),
    ...(email !== undefined && { email: nameKey(email) }),
  };
}
