const LONG_ENOUGH_BYTES = 32;
export const isLongEnough = (secret: string): boolean => Buffer.byteLength(secret) >= LONG_ENOUGH_BYTES;

/**
 * The secrets of a setting: the one in use, then former ones, comma-separated. A comma that leaves too little on one of its
 * sides is a part of the secret.
 */
export function secretsOf(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every(isLongEnough) ? parts : [text];
}

// A random secret has more distinct characters, even in hex.
const FEWEST_CHARACTERS = 8;
// The share of characters that follow from those before them; far lower in a random secret.
const FORESEEN = 3 / 4;

/**
 * Whether nobody can have made this at random: one character or a few, the same again and again ("secretsecret…"), or
 * one after the other ("0123…"). Says nothing of words: 32 bytes of them may do.
 */
export function isTooSimple(secret: string): boolean {
  const codes = Buffer.from(secret);
  return new Set(codes).size < FEWEST_CHARACTERS || isPeriodic(codes) || isSequence(codes);
}

function isPeriodic(codes: Buffer): boolean {
  for (let period = 1; period <= codes.length / 2; period += 1) {
    const behind = codes.subarray(period);
    if (share(behind, (code, at) => code === codes[at]) >= FORESEEN) return true;
  }
  return false;
}

function isSequence(codes: Buffer): boolean {
  const steps = [...codes.subarray(1)].map((code, at) => code - codes[at]!);
  return [1, -1].some((step) => share(steps, (one) => one === step) >= FORESEEN);
}

function share(values: Iterable<number> & { length: number }, holds: (value: number, at: number) => boolean): number {
  return [...values].filter(holds).length / values.length;
}
