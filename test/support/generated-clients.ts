import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../../launcher/paths.ts';
import { mavenJars } from './maven-jars.ts';
import { run } from './run.ts';

const GENERATOR = 'org.openapitools:openapi-generator-cli:7.25.0';

/** What the generated Java client is compiled with, as its own pom.xml names it. */
const JAVA_LIBRARIES = [
  'com.fasterxml.jackson.core:jackson-core:2.21.5',
  'com.fasterxml.jackson.core:jackson-annotations:2.21',
  'com.fasterxml.jackson.core:jackson-databind:2.21.5',
  'com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.21.5',
  'org.openapitools:jackson-databind-nullable:0.2.11',
  'com.google.code.findbugs:jsr305:3.0.2',
  'jakarta.annotation:jakarta.annotation-api:1.3.5',
] as const;

const JDK = 'install a JDK of 17 or later (Debian: apt-get install -y openjdk-17-jdk-headless)';
const programs = join(root, 'test', 'clients');

/** Runs the program of a client with these arguments and settings, and gives what it printed. */
export type GeneratedClient = (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<string>;

/** Of a folder with the document as `openapi.json`: what is made lies beside it. */
type Build = (folder: string) => Promise<GeneratedClient>;

/** The generator with its defaults alone, as README shows it. */
async function generate(folder: string, generator: string, into: string, ...more: readonly string[]): Promise<void> {
  const jars = await mavenJars('openapi-generator', [GENERATOR]);
  const [jar] = readdirSync(jars);
  const input = join(folder, 'openapi.json');
  const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', join(jars, jar!)];
  await run('java', [...options, 'generate', '-g', generator, ...more, '-i', input, '-o', into], { missing: JDK });
}

const java: Build = async (folder) => {
  const client = join(folder, 'client');
  await generate(folder, 'java', client, '--library', 'native');
  const libraries = join(await mavenJars('generated-java-client', JAVA_LIBRARIES), '*');
  const generated = join(client, 'src', 'main', 'java');
  const sources = readdirSync(generated, { recursive: true, encoding: 'utf8' }).filter((name) => /\.java$/.test(name));
  const files = [...sources.map((name) => join(generated, name)), join(programs, 'Walk.java')];
  const classes = join(folder, 'classes');
  await run('javac', ['-nowarn', '-proc:none', '-d', classes, '-cp', libraries, ...files], { missing: JDK });
  const path = [classes, libraries].join(delimiter);
  return (args, env) => run('java', ['-XX:+UseSerialGC', '-cp', path, 'Walk', ...args], { env });
};

const COMPILER = {
  compilerOptions: {
    strict: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module: 'commonjs',
    moduleResolution: 'bundler',
    types: ['node'],
    outDir: 'out',
    rootDir: '.',
  },
  files: ['walk.ts'],
};

const typescript: Build = async (folder) => {
  await generate(folder, 'typescript-fetch', join(folder, 'client'));
  cpSync(join(programs, 'walk.ts'), join(folder, 'walk.ts'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
  await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder]);
  return (args, env) => run(process.execPath, [join(folder, 'out', 'walk.js'), ...args], { env });
};

const PYTHON = 'install Python 3.9 or later (Debian: apt-get install -y python3)';

const python: Build = async (folder) => {
  const client = join(folder, 'client');
  mkdirSync(client);
  await run('python3', ['-c', 'import dateutil, pydantic, typing_extensions, urllib3'], { missing: PYTHON }).catch(
    (error: Error) => {
      const libraries = 'pip install pydantic python-dateutil urllib3';
      throw new Error(`The generated client needs its libraries (${libraries}): ${error.message}`);
    },
  );
  await generate(folder, 'python', client);
  const settings = { PYTHONPATH: client, PYTHONDONTWRITEBYTECODE: '1' };
  return (args, env) =>
    run('python3', ['-W', 'error', join(programs, 'walk.py'), ...args], { env: { ...settings, ...env } });
};

/** How a client of each language is generated and built with the program in test/clients that uses it. */
export const GENERATED_CLIENTS: Readonly<Record<'java' | 'typescript' | 'python', Build>> = {
  java,
  typescript,
  python,
};
