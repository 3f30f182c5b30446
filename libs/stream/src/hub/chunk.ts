const CRLF = '\r\n';

/** What is written to many clients, made once: its bytes as they are, and framed as one chunk of HTTP/1.1 (RFC 9112, 7.1). */
export class Chunk {
  readonly framed: Buffer;
  readonly bytes: Buffer;

  /** `activities`: how many are in the text. */
  constructor(
    text: string,
    readonly activities: number,
  ) {
    const size = Buffer.byteLength(text);
    const head = `${size.toString(16)}${CRLF}`;
    this.framed = Buffer.from(`${head}${text}${CRLF}`);
    this.bytes = this.framed.subarray(head.length, head.length + size);
  }
}
