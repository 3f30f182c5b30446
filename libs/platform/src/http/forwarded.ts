/** One proxy's words in the header `Forwarded`: parameters in lower case, values as they were meant. */
export type ForwardedElement = ReadonlyMap<string, string>;

// A value is a token or a quoted string; colons and brackets also stand unquoted, as many a proxy writes a port.
const PAIR = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"(),;]+))[ \t]*)?([;,]|$)/y;

/**
 * The elements of the header `Forwarded` (RFC 7239, 4), the client's own first and that of the nearest proxy last. Undefined for
 * text that is none: what somebody began and a proxy went on with is read as a whole or not at all.
 */
export function forwardedElements(header: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let element = new Map<string, string>();
  PAIR.lastIndex = 0;
  for (;;) {
    const found = PAIR.exec(header);
    if (!found) return undefined;
    const [, name, quoted, token, separator] = found;
    if (name !== undefined) {
      if (element.has(name.toLowerCase())) return undefined;
      element.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? token!);
    }
    if (separator === ';') continue;
    // RFC 9110, 5.6.1: empty elements of a list are none.
    if (element.size > 0) elements.push(element);
    element = new Map();
    if (separator === '') return elements;
  }
}
