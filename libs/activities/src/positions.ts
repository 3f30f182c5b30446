import { randomBytes } from 'node:crypto';
import { type Position } from '#event-sourcing';
import { type Keyring, type TextSeal } from '#registry';

/**
 * Where a stream stands: the positions of consecutive partitions, of which `first` is the first. A position is the
 * offset of the next record, so a stream resumes behind what it has seen. A user's stream has one partition, an
 * environment's has them all.
 */
export interface StreamPosition {
  readonly first: number;
  readonly positions: readonly Position[];
}

const OFFSET_BYTES = 6;
const HEADER_BYTES = 2;
const SALT_BYTES = 6;

/** One salt for all positions that are written together. */
export const newSalt = () => randomBytes(SALT_BYTES);

/**
 * The event ids of an environment's streams. Partitions and offsets are shared by all environments, so they are sealed,
 * each at its full width: an id tells nothing and opens in its environment alone. Behind a user's activity the same
 * position is the same text. Any other position moves with what others write, and whether two are the same would tell
 * that somebody did: a salt makes them differ.
 */
export class Positions {
  private constructor(private readonly seal: TextSeal) {}

  /** Throws `KeysMissing` or `KeysUnusable`. */
  static async of(environment: string, keyring: Keyring): Promise<Positions> {
    return new Positions(await keyring.textSeal('positions', environment));
  }

  /** The id of where a stream stands. */
  format(position: StreamPosition, salt = newSalt()): string {
    return this.seal.seal(Buffer.concat([encode(position), salt]));
  }

  /**
   * The ids behind many messages of one partition: the returned function takes the partition's position, the others
   * stay as they are.
   */
  formatter({ first, positions }: StreamPosition, partition: number, salt: Buffer): (position: Position) => string {
    const others = positions.length > 1;
    const content = Buffer.concat([encode({ first, positions }), others ? salt : Buffer.alloc(0)]);
    const index = HEADER_BYTES + (partition - first) * OFFSET_BYTES;
    return (position) => {
      content.writeUIntBE(position, index, OFFSET_BYTES);
      return this.seal.seal(content);
    };
  }

  /** Undefined for what is no id of this environment's. */
  parse(text: string): StreamPosition | undefined {
    const content = this.seal.open(text);
    if (!content) return undefined;
    const offset = (at: number) => content.readUIntBE(HEADER_BYTES + at * OFFSET_BYTES, OFFSET_BYTES);
    return { first: content[0]!, positions: Array.from({ length: content[1]! }, (_, at) => offset(at)) };
  }
}

function encode({ first, positions }: StreamPosition): Buffer {
  const content = Buffer.alloc(HEADER_BYTES + positions.length * OFFSET_BYTES);
  content.writeUInt8(first, 0);
  content.writeUInt8(positions.length, 1);
  for (const [at, position] of positions.entries()) {
    content.writeUIntBE(position, HEADER_BYTES + at * OFFSET_BYTES, OFFSET_BYTES);
  }
  return content;
}
