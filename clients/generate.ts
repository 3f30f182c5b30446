import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import process from 'node:process';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

interface Operation {
  parameters: { name: string }[];
}

// Writes what is made of the routes and their schemas: the OpenAPI document, and the types of the client. With
// --check it writes nothing and fails where what is there differs. It reads the compiled service (npm run build).
const here = import.meta.dirname;
const root = resolve(here, '..');
const describe = resolve(root, 'dist/apps/api/src/describe.js');
const json = execFileSync(process.execPath, [describe], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });

const generated = {
  [resolve(here, 'openapi.json')]: json,
  [resolve(here, 'typescript/src/schema.ts')]: await typesOf(JSON.parse(json) as OpenAPI3),
};

if (process.argv.includes('--check')) check(generated);
else for (const [file, text] of Object.entries(generated)) writeFileSync(file, text);

/** The types of a client that names the environment by itself on every call. */
async function typesOf(document: OpenAPI3): Promise<string> {
  const operations = Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods) as Operation[]);
  for (const operation of operations) {
    operation.parameters = operation.parameters.filter(({ name }) => name !== 'environment-id');
  }
  const whole = inFull(document) as OpenAPI3;
  // A field with a default may be left out of what is sent.
  const types = await openapiTS(whole, { alphabetize: true, defaultNonNullable: false });
  return `// Made by clients/generate.ts from clients/openapi.json.\n${astToString(types)}`;
}

/** TypeScript has types for what the document says past other generators: `_id` beside `id`, and one item or many. */
function inFull(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inFull);
  const node = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inFull(member)])) as Schema;
  if (node['x-oneOrMany']) return { anyOf: [node.items, node] };
  if (!node.patternProperties) return node;
  const { patternProperties, dependentRequired = {}, ...others } = node;
  const hidden = Object.entries(patternProperties).map(([name, schema]) => [name.replace(/[$^]/g, ''), schema]);
  return {
    ...others,
    properties: { ...others.properties, ...(Object.fromEntries(hidden) as object) },
    required: [...(others.required ?? []), ...Object.values(dependentRequired).flat()],
  };
}

interface Schema {
  readonly 'x-oneOrMany'?: true;
  readonly items?: unknown;
  readonly properties?: object;
  readonly patternProperties?: Record<string, unknown>;
  readonly required?: readonly string[];
  readonly dependentRequired?: Record<string, readonly string[]>;
}

function check(files: Record<string, string>): void {
  const stale = Object.entries(files).filter(([file, text]) => read(file) !== text);
  for (const [file] of stale) console.error(`${relative(root, file)} is out of date: npm run generate`);
  if (stale.length > 0) process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
