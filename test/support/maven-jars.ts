import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../launcher/paths.ts';
import { run } from './run.ts';

/** group:artifact:version */
export type Coordinates = `${string}:${string}:${string}`;

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** The folder of exactly these jars, downloaded from Maven Central once for all clones of this user. */
export async function mavenJars(name: string, jars: readonly Coordinates[]): Promise<string> {
  const pom = pomOf(name, jars);
  const folder = join(cacheFolder, `${name}-${createHash('sha256').update(pom).digest('hex').slice(0, 8)}`);
  if (existsSync(folder)) return folder;
  // Made beside and renamed whole, so that a download that is killed leaves no half cache.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const file = join(draft, 'pom.xml');
    writeFileSync(file, pom);
    await run('mvn', ['-q', '-B', '-f', file, PLUGIN, '-DexcludeTransitive=true', `-DoutputDirectory=${draft}`], {
      missing: 'install Maven (Debian: apt-get install -y maven)',
    });
    rmSync(file);
    // Another clone may have been quicker; its jars are the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function pomOf(name: string, jars: readonly Coordinates[]): string {
  const dependencies = jars.map((jar) => {
    const [group, artifact, version] = jar.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidemark</groupId>
  <artifactId>${name}</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;
}
