import { createCipheriv, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

const CIPHER = 'aes-128-ctr';
const CIPHER_KEY_BYTES = 16;
const IV_BYTES = 16;

/**
 * Short texts that mean nothing without their key, for places that a client is to bring back: equal contents are equal
 * texts, and what was not sealed here does not open. The first bytes of the content's HMAC are its tag and the cipher's
 * initial vector (a synthetic IV, as in RFC 5297), so no random bytes make the text longer. It hides all but the
 * content's length, and whether two contents are the same.
 */
export class TextSeal {
  private readonly tagKey: KeyObject;
  private readonly cipherKey: KeyObject;

  /** `tagBytes`, 16 at most: how many bytes the text is longer than the content, and how hard it is to guess one. */
  constructor(
    key: KeyObject,
    private readonly tagBytes = 8,
  ) {
    const derive = (purpose: string) => createHmac('sha256', key).update(purpose).digest();
    this.tagKey = createSecretKey(derive('tag'));
    this.cipherKey = createSecretKey(derive('cipher').subarray(0, CIPHER_KEY_BYTES));
  }

  /** The content as base64url: four characters for three bytes of content and tag. */
  seal(content: Buffer): string {
    const tag = this.tagOf(content);
    return Buffer.concat([tag, this.encipher(tag, content)]).toString('base64url');
  }

  /** What was sealed; undefined for every other text, also for another spelling of the same bytes. */
  open(text: string): Buffer | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < this.tagBytes || bytes.toString('base64url') !== text) return undefined;
    const tag = bytes.subarray(0, this.tagBytes);
    const content = this.encipher(tag, bytes.subarray(this.tagBytes));
    return timingSafeEqual(tag, this.tagOf(content)) ? content : undefined;
  }

  private tagOf(content: Buffer): Buffer {
    return createHmac('sha256', this.tagKey).update(content).digest().subarray(0, this.tagBytes);
  }

  private encipher(tag: Buffer, content: Buffer): Buffer {
    const iv = Buffer.alloc(IV_BYTES);
    tag.copy(iv);
    return createCipheriv(CIPHER, this.cipherKey, iv).update(content);
  }
}
