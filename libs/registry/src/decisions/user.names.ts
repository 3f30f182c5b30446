/** The texts that tell who a user is. */
export interface UserTexts {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The form in which usernames and e-mail addresses are compared: two that differ only here are the same name. */
export function comparable(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
