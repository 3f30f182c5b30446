import { type Decider, isRejection } from '#event-sourcing';
import { type Accepted, type Loaded, type RegistryState, type Verdict } from './registry.state.js';
import { type Timed } from './timed.js';

/** The ids, in the environment of a command, of what has to be loaded before it is judged, and whether its counters have to be. */
export type Touched = { readonly [Part in Loaded]?: readonly (number | string)[] } & { readonly counters?: boolean };

/** What of a command can be told before it is unsealed. */
export type Sealed<Command> = Command extends unknown ? Omit<Command, 'user' | 'changes'> : never;

/** How a command was decided. */
export interface Decided<Command, State, Event> {
  readonly command: Timed<Command>;
  readonly events: readonly Event[];
  readonly before: State;
  readonly after: State;
}

/** A decider, what its commands read of the registry's state, and how its events change it. */
export interface Rules<Command, State, Event> {
  readonly decider: Decider<State, Timed<Command>, Event>;
  /** All that a command can read or change. */
  touches(command: Sealed<Command>): Touched;
  /** What the decider needs to know. */
  situation(state: RegistryState, environment: string, command: Timed<Command>): State;
  /** Changes the state as the events say, and tells what the command came to. */
  apply(state: RegistryState, environment: string, decided: Decided<Command, State, Event>): Accepted['accepted'];
}

/** Judges a command by its rules; what is rejected changes nothing. */
export function decideBy<Command, State, Event>(
  rules: Rules<Command, State, Event>,
  state: RegistryState,
  environment: string,
  command: Timed<Command>,
): Verdict {
  const before = rules.situation(state, environment, command);
  const events = rules.decider.decide(before, command);
  if (isRejection(events)) return events;
  const after = events.reduce((so, event) => rules.decider.evolve(so, event), before);
  return { accepted: rules.apply(state, environment, { command, events, before, after }) };
}
