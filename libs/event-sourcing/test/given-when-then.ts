import { type Decider, type Decision, isRejection } from '../src/decider.js';

/**
 * Given the events so far, when a command comes, then what does the decider say?
 * `const given = scenario(decider); given(registered).when(rename).then(…)`: plain values, for any test runner.
 */
export function scenario<State, Command, Event>(decider: Decider<State, Command, Event>) {
  return (...events: readonly Event[]) => {
    const state = events.reduce((state, event) => decider.evolve(state, event), decider.initial);
    return {
      state,
      when(command: Command): { decision: Decision<Event>; state: State } {
        const decision = decider.decide(state, command);
        const next = isRejection(decision) ? state : decision.reduce((s, e) => decider.evolve(s, e), state);
        return { decision, state: next };
      },
    };
  };
}
