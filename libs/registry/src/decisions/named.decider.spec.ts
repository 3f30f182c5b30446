import { describe, expect, it } from '@jest/globals';
import { scenario } from '../../../event-sourcing/test/given-when-then.js';
import { namedDecider, type NamedEvent } from './named.decider.js';

const created: NamedEvent = { type: 'Created', id: 1, name: 'Tide', at: 10 };
const given = scenario(namedDecider('Group'));

describe('a workspace or group', () => {
  it('is created under the next id and keeps its name until it is renamed', () => {
    expect(given().when({ type: 'CreateGroup', name: 'Tide', at: 10 }).decision).toEqual([created]);
    const { state } = given(created).when({ type: 'RenameGroup', id: 1, name: 'Ebb', at: 20 });
    expect(state.object).toEqual({ id: 1, name: 'Ebb', createdOn: 10, version: 2 });
  });

  it('is renamed and deleted only at a version that the client takes for current, if it names one', () => {
    const stale = { id: 1, at: 20, ifVersions: [7] };
    expect(given(created).when({ type: 'RenameGroup', name: 'x', ...stale }).decision).toMatchObject({
      rejected: 'stale-version',
    });
    expect(given(created).when({ type: 'DeleteGroup', ...stale }).decision).toMatchObject({
      rejected: 'stale-version',
    });
    expect(given(created).when({ type: 'DeleteGroup', ...stale, ifVersions: [1] }).decision).toHaveLength(1);
  });

  it('stays at its version when it is renamed to the name that it has, but for records of former days', () => {
    const rename = { type: 'RenameGroup', id: 1, name: 'Tide', at: 20 } as const;
    expect(given(created).when({ ...rename, ifOther: true }).decision).toEqual([]);
    expect(given(created).when({ ...rename, ifOther: true, name: 'tide' }).decision).toHaveLength(1);
    expect(given(created).when({ ...rename, ifOther: true, ifVersions: [7] }).decision).toMatchObject({
      rejected: 'stale-version',
    });
    expect(given(created).when(rename).decision).toEqual([{ type: 'Renamed', name: 'Tide' }]);
  });

  it('is not found once it is deleted', () => {
    const gone = given(created, { type: 'Deleted' });
    expect(gone.when({ type: 'DeleteGroup', id: 1, at: 20 }).decision).toMatchObject({ rejected: 'not-found' });
    expect(scenario(namedDecider('Workspace'))().when({ type: 'DeleteWorkspace', id: 1, at: 20 }).decision).toEqual({
      rejected: 'not-found',
      detail: 'There is no such workspace in this environment.',
    });
  });
});
