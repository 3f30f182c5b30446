import { Injectable } from '@nestjs/common';
import { Problem } from '#platform';
import { Keyring } from '#registry';
import { type FeedPlace } from '../queries/user-feed.js';

const TIME_BYTES = 8;
const OFFSET_BYTES = 6;

/**
 * Places in feeds as texts for URLs. Offsets are shared by all environments, so a place is sealed for its own: the text
 * tells nothing of what others write.
 */
@Injectable()
export class FeedCursors {
  constructor(private readonly keyring: Keyring) {}

  async format(environment: string, { occurredAt, position }: FeedPlace): Promise<string> {
    const content = Buffer.alloc(TIME_BYTES + OFFSET_BYTES);
    content.writeDoubleBE(occurredAt, 0);
    content.writeUIntBE(position, TIME_BYTES, OFFSET_BYTES);
    return (await this.seal(environment)).seal(content);
  }

  /** Throws `invalid-request` for what is no cursor of this environment's. */
  async parse(environment: string, text: string): Promise<FeedPlace> {
    const content = (await this.seal(environment)).open(text);
    if (!content) {
      const detail = 'must come from the Link of a page';
      const errors = [{ parameter: 'after', code: 'invalid', detail }];
      throw new Problem('invalid-request', `after: ${detail}.`, { errors });
    }
    return { occurredAt: content.readDoubleBE(0), position: content.readUIntBE(TIME_BYTES, OFFSET_BYTES) };
  }

  private seal(environment: string) {
    return this.keyring.textSeal('feed', environment);
  }
}
