import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is answered to bytes that no client would send. */
export async function raw(port: number, bytes: string): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  const [head = '', body = ''] = (await text(socket)).split(/\r\n\r\n(.*)/s);
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => /^([^:]+): *(.*)$/.exec(line)!.slice(1));
  return {
    status: Number(start.split(' ')[1]),
    headers: Object.fromEntries(headers.map(([name, value]) => [name!.toLowerCase(), value!])),
    body,
  };
}

/** A request with these lines in its head, and the connection closed behind the answer. */
export function rawRequest(port: number, ...lines: string[]): Promise<RawAnswer> {
  return raw(port, [...lines, 'Connection: close', '', ''].join('\r\n'));
}
