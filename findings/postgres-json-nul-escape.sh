#!/usr/bin/env bash
# PostgreSQL 18.7 (PGlite 0.5.17): a `json` value that holds one \u0000 anywhere is stored and `IS JSON`, yet no key of it can be read.
#
# The escape is valid JSON (RFC 8259, 7) and an INSERT takes it, so nothing is noticed when it comes in. Later every operator that looks
# for any key, `-> 'a'` as much as `->> 'a'`, fails with 22P05, because the value is unescaped from its beginning to its end: one
# field of free text takes all its neighbours, and every query over the column, with it. (jsonb refuses the value at once.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.17
cat >read.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
const db = new PGlite();
await db.query('CREATE TABLE notes (data json CHECK (data IS JSON))');
await db.query('INSERT INTO notes VALUES ($1)', ['{"title":"fine","text":"a\\u0000b"}']);
const one = (sql) => db.query(sql).then(({ rows }) => Object.values(rows[0])[0], ({ code }) => code);
console.log(`kind=${await one('SELECT json_typeof(data) FROM notes')}`);
console.log(`title=${await one("SELECT data ->> 'title' FROM notes")}`);
console.log(`keys=${await one('SELECT json_object_keys(data) FROM notes')}`);
JS
seen=$(node read.mjs | paste -sd'|')
echo "seen: $seen"
[ "$seen" = 'kind=object|title=22P05|keys=22P05' ]
