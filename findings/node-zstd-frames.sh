#!/usr/bin/env bash
# Node.js 24.21.0, node:zlib: of a zstd stream of several frames only the first is given back, without an error.
#
# RFC 8878 (3.1) has frames concatenated, and what they hold is concatenated too; `zstd -d` does so, and
# so does Node itself with the members of a gzip stream. Writers that flush by frame (log shippers, `cat a.zst b.zst`) are
# cut short: a request body or a Kafka batch loses its tail in silence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set allowScripts.node=true --json >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
cat >frames.mjs <<'JS'
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
const both = (compress) => Buffer.concat([compress(Buffer.from('one ')), compress(Buffer.from('two'))]);
console.log(`gzip=${gunzipSync(both(gzipSync))}`);
console.log(`zstd=${zstdDecompressSync(both(zstdCompressSync))}`);
JS
seen=$(./node_modules/node/bin/node frames.mjs | paste -sd'|')
echo "seen: $seen"
[ "$seen" = 'gzip=one two|zstd=one ' ]
