export interface ServerSentEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** Server-Sent Events as they were written, comments left out. One that is not complete is not there yet. */
export function eventsIn(text: string): ServerSentEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.map((block): ServerSentEvent => {
    const fields = [...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
    return Object.fromEntries(fields);
  });
}

/** The activities among them: what `onmessage` would get. */
export function messagesIn(text: string): { id: string; position: string }[] {
  return eventsIn(text)
    .filter(({ event, data }) => event === undefined && data !== undefined)
    .map(({ id = '', data = '' }) => ({ ...(JSON.parse(data) as { id: string }), position: id }));
}

export const idsIn = (text: string) => messagesIn(text).map(({ id }) => id);
