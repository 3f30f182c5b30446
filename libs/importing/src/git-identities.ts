import { createHash } from 'node:crypto';
import { isVisible, plain } from './plain-text.js';

/** Source: the service's limits of a user's texts, in UTF-16 units, which is the stricter way to count. */
const MAX_TEXT = 150;
const MAX_EMAIL = 254;

/** The author of commits as a user of the service. */
export interface Author {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The form in which an address tells one author from another. */
export function normalAddress(address: string): string {
  return address.normalize('NFKC').trim().toLowerCase() || '(none)';
}

/** The username of an address: the address itself wherever the service can take it, else the same stand-in always. */
export function usernameOf(address: string): string {
  const normal = normalAddress(address);
  const taken = plain(normal);
  if (taken.length <= MAX_TEXT && isVisible(taken)) return taken;
  const mark = `~${sha1(normal)}`;
  return cut(taken, MAX_TEXT - mark.length) + mark;
}

/** The address where it has the form of an e-mail address, else `substituteEmail`. */
export function emailOf(address: string): string {
  const normal = normalAddress(address);
  return isEmail(normal) ? normal : substituteEmail(address);
}

/** An address that nobody can have, and no two authors share. */
export function substituteEmail(address: string): string {
  return `${sha1(normalAddress(address))}@invalid.example`;
}

export function authorOf(address: string, name: string): Author {
  return { username: usernameOf(address), email: emailOf(address), ...personName(name) };
}

// The service's own form; where it should be stricter one day, the author gets the substitute after all.
const EMAIL = /^[^\s@]+@[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*$/u;

function isEmail(text: string): boolean {
  const [local = '', domain = ''] = text.split('@');
  const isWhole = text.length <= MAX_EMAIL && plain(text) === text && EMAIL.test(text);
  return isWhole && [local, ...domain.split('.')].every(isVisible);
}

// After the comma of "Sam Doe, Jr." stands no first name.
const SUFFIX = /^(?:jr|sr|i{1,3}|iv|md|phd|ph\.d|esq|inc|ltd|llc|gmbh)\.?$/i;

/** First and last name as far as a line of text tells them apart: `Jane van Doe`, `Doe, Jane`, or one word. */
export function personName(name: string): Pick<Author, 'firstName' | 'lastName'> {
  const text = plain(name.replace(/[\s\p{Cc}]+/gu, ' ')).trim();
  const [last, first, ...more] = text.split(',').map((part) => part.trim());
  if (last && first && more.length === 0 && !SUFFIX.test(first)) return names(first, last);
  const space = text.lastIndexOf(' ');
  return space < 0 ? names(text, '') : names(text.slice(0, space), text.slice(space + 1));
}

function names(first: string, last: string) {
  return { firstName: cut(first, MAX_TEXT).trim(), lastName: cut(last, MAX_TEXT).trim() };
}

/** At most that many UTF-16 units, with no half of a character at the end. */
export function cut(text: string, length: number): string {
  const short = text.slice(0, length);
  return short.isWellFormed() ? short : short.slice(0, -1);
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
