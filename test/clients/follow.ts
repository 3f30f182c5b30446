/**
 * Follows a stream by one of the EventSources that Node programs use, and prints a line of JSON for each thing that it is
 * told: `follow.ts <client> <url>`.
 */
const CLIENTS: Readonly<Record<string, () => Promise<typeof EventSource>>> = {
  'eventsource-4': async () => (await import('eventsource')).EventSource,
  'eventsource-5': async () => (await import('eventsource-5')).EventSource,
  undici: async () => (await import('undici')).EventSource as unknown as typeof EventSource,
  node: async () => EventSource,
};

const [client, url] = process.argv.slice(2) as [string, string];
const say = (line: object) => console.log(JSON.stringify(line));

const Source = await CLIENTS[client]!();
const source = new Source(url);
source.onmessage = ({ data }: MessageEvent<string>) => say({ activity: (JSON.parse(data) as { id: string }).id });
source.addEventListener('position', () => say({ opened: true }));
source.addEventListener('reset', ({ data }: MessageEvent<string>) => say({ reset: data }));
source.onerror = () => {
  if (source.readyState === Source.CLOSED) say({ gaveUp: true });
};
// It ends with the one that it prints for, and not before: most of them wait for their next connection without keeping the
// process alive.
process.stdin.on('end', () => process.exit()).resume();
