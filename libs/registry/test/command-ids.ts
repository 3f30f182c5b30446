import { newCommandId } from '../src/stored/command-id.js';

/** The id of a command that was made at that time, in milliseconds since the epoch. */
export function commandIdAt(time: number): string {
  const digits = time.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}${newCommandId().slice(13)}`;
}
