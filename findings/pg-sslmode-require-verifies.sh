#!/usr/bin/env bash
# pg-connection-string 2.14.1 (npm, used by pg): `sslmode=require` verifies the server's certificate; libpq's does not.
#
# In PostgreSQL's own client library `require` asks for encryption alone, and `verify-ca` for the authority without the name (manual, 34.18).
# Here `prefer`, `require` and `verify-ca` all mean what `verify-full` does there. A connection string that psql, the JDBC driver and every
# migration tool take is refused by an application on Node, as soon as the certificate is the server's own or names another host.
# `uselibpqcompat=true` in the string gives libpq's meaning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pg-connection-string@2.14.1
cat >parse.mjs <<'JS'
import { parse } from 'pg-connection-string';
process.removeAllListeners('warning');
const ssl = (query) => JSON.stringify(parse(`postgres://host/db?${query}`).ssl);
console.log(['prefer', 'require', 'verify-ca', 'verify-full'].map((mode) => ssl(`sslmode=${mode}`)).join(' '));
console.log(ssl('sslmode=require&uselibpqcompat=true'));
JS
seen=$(node --no-warnings parse.mjs | paste -sd'|')
echo "seen: $seen"
# An empty object is TLS with Node's defaults: the chain and the name are checked.
[ "$seen" = '{} {} {} {}|{"rejectUnauthorized":false}' ]
