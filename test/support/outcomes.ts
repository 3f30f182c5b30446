import { eventually } from './eventually.js';
import type { Answer, Client } from './service.js';

/** What a command came to: where the views lagged, what the address says that its client was sent to instead. */
export async function outcomeOf(client: Client, answer: Answer): Promise<Answer> {
  if (answer.status !== 202) return answer;
  return eventually(async () => {
    const later = await client('GET', answer.headers.get('location')!);
    if (later.body?.status === 'pending') throw new Error('the command is still pending');
    return later;
  });
}
