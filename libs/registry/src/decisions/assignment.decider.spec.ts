import { describe, expect, it } from '@jest/globals';
import { scenario } from '../../../event-sourcing/test/given-when-then.js';
import { type AssignmentCommand, assignmentDecider } from './assignment.decider.js';

const ends = { target: { type: 'workspace', id: 1 }, holder: { type: 'group', id: 2 } } as const;
const assign: AssignmentCommand = { type: 'AssignRole', ...ends, role: 'editor' };
const withdraw: AssignmentCommand = { type: 'WithdrawRole', ...ends };
const given = scenario(assignmentDecider);

describe('a role', () => {
  it('is assigned, changed and withdrawn', () => {
    expect(given().when(assign).state.role).toBe('editor');
    expect(given({ type: 'RoleAssigned', role: 'viewer' }).when(assign).state.role).toBe('editor');
    expect(given({ type: 'RoleAssigned', role: 'viewer' }).when(withdraw).state.role).toBeUndefined();
  });

  it('needs no event where it is as asked already', () => {
    expect(given({ type: 'RoleAssigned', role: 'editor' }).when(assign).decision).toEqual([]);
    expect(given().when(withdraw).decision).toEqual([]);
  });

  it('is refused when the target or the holder is not there', () => {
    const missing = scenario({ ...assignmentDecider, initial: { missing: 'group', role: undefined } });
    expect(missing().when(assign).decision).toMatchObject({ rejected: 'not-found' });
    expect(missing().when(withdraw).decision).toMatchObject({ rejected: 'not-found' });
  });
});
