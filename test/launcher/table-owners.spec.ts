import { describe, expect, it } from '@jest/globals';
import { foreignTables } from '../../launcher/table-owners.ts';

const owner = {
  path: 'libs/a/src/tables.ts',
  room: 'libs/a',
  text: 'CREATE TABLE things (id int); CREATE VIEW seen AS',
};
const engine = {
  path: 'libs/projections/src/g.ts',
  room: 'libs/projections',
  text: '`CREATE TABLE ${fold.name}_checkpoints (',
};
const reader = (text: string, room = 'libs/b') => ({ path: `${room}/src/q.ts`, room, text });

describe('the name of a table', () => {
  it.each(['SELECT * FROM things WHERE', 'LEFT JOIN seen ON', 'INSERT INTO things', 'UPDATE things SET'])(
    'stands in no SQL of another room: %s',
    (sql) => {
      expect(foreignTables([owner, reader(sql)])).toEqual([
        expect.stringMatching(/^libs\/b\/src\/q\.ts names \w+ of libs\/a/),
      ]);
      expect(foreignTables([owner, reader(sql, 'libs/a')])).toEqual([]);
    },
  );

  it('is found where the engine makes it, once a fold', () => {
    expect(foreignTables([engine, reader('FROM activities_checkpoints')])).toHaveLength(1);
  });

  it('may stand in prose and in longer names', () => {
    expect(foreignTables([owner, reader('// things of this kind\nFROM things_of_mine')])).toEqual([]);
  });
});
