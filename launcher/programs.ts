import { install, packages, programOf } from './packages.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

/** Sees to it that programs are there which some tests need, e.g. `chromium`; installs what is missing. */
export async function programs(session: Session, names: string[]): Promise<number> {
  for (const name of names) {
    const wanted = Object.entries(packages).find(([known]) => known === name)?.[1];
    if (!wanted) throw new Refusal(`${name} is none of ${Object.keys(packages).join(', ')}.`);
    if (!programOf(wanted)) await install(session, wanted);
  }
  return 0;
}
