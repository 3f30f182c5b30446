const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** No flags, and nothing else in the header. */
const HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
const NULL = -1;
const BEHIND_THE_LAST = -1;

const FIRST_BYTES = 64 * 1024;
const MOST_BYTES_A_UNIT = 3;

/**
 * Rows in COPY's binary format, for tables that take many: nothing has to be escaped, and neither side writes or reads digits.
 * A row is begun, then its columns come in order, each as the column's type; the server refuses what it is not.
 */
export class CopyRows {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private length = HEADER.copy(this.bytes);

  begin(columns: number): void {
    this.reserve(2);
    this.length = this.bytes.writeInt16BE(columns, this.length);
  }

  int4(value: number): void {
    this.reserve(8);
    this.length = this.bytes.writeInt32BE(4, this.length);
    this.length = this.bytes.writeInt32BE(value, this.length);
  }

  /** A whole number that a double tells apart. */
  int8(value: number): void {
    this.reserve(12);
    this.length = this.bytes.writeInt32BE(8, this.length);
    this.length = this.bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.length);
    this.length = this.bytes.writeUInt32BE(value >>> 0, this.length);
  }

  text(value: string | null): void {
    this.reserve(4 + (value === null ? 0 : value.length * MOST_BYTES_A_UNIT));
    const size = value === null ? NULL : this.bytes.write(value, this.length + 4);
    this.length = this.bytes.writeInt32BE(size, this.length) + Math.max(size, 0);
  }

  /** All of it; nothing may be added any more. */
  end(): Buffer {
    this.begin(BEHIND_THE_LAST);
    return this.bytes.subarray(0, this.length);
  }

  private reserve(more: number): void {
    const most = this.length + more;
    if (most > this.bytes.length) this.bytes = Buffer.concat([this.bytes.subarray(0, this.length)], 2 * most);
  }
}
