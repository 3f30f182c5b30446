import { Refusal } from './refusal.ts';
import { type Session } from './session.ts';

export async function start(_session: Session): Promise<number> {
  throw new Refusal('There are no apps to start yet.');
}
