interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

/**
 * How much a client wants a media type, from 0 (not at all) to 1, as its header `Accept` says (RFC 9110, 12.5.1): of the
 * ranges that have the type in them the most specific one counts. Parameters of ranges are passed over.
 */
export function qualityOf(accept: string | undefined, mediaType: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  const ranges = accept.split(',').map(rangeOf);
  const [family] = mediaType.split('/');
  const matching = [mediaType, `${family}/*`, '*/*'].map((type) => ranges.filter((range) => range.type === type));
  const [closest = []] = matching.filter(({ length }) => length > 0);
  return Math.max(0, ...closest.map(({ quality }) => quality));
}

function rangeOf(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [, weight] = parameters.map((parameter) => /^q\s*=\s*(\d(?:\.\d*)?)$/.exec(parameter)).find(Boolean) ?? [];
  return { type, quality: weight === undefined ? 1 : Math.min(1, Number(weight)) };
}
