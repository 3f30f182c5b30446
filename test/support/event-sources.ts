import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../launcher/paths.ts';
import { type Coordinates, mavenJars } from './maven-jars.ts';

/** A program that follows a stream, in a process of its own. */
export interface Follower {
  /** The ids of the activities that it was given, in that order. */
  readonly activities: readonly string[];
  /** How often it was told where a stream begins. */
  readonly opened: number;
  /** What it was told or did besides, a reset above all. */
  readonly oddities: readonly string[];
  stop(): Promise<void>;
}

/** How a client of a registry opens a stream: by a `ticket` in the address or by a `token` in a header. */
export interface EventSourceClient {
  readonly opensBy: 'ticket' | 'token';
  follow(url: string, token: string): Promise<Follower>;
}

const programs = join(root, 'test', 'clients');

const ofNode = (name: string): EventSourceClient => ({
  opensBy: 'ticket',
  follow: async (url) =>
    start(process.execPath, ['--experimental-eventsource', join(programs, 'follow.ts'), name, url]),
});

const OKHTTP_4: readonly Coordinates[] = [
  'com.squareup.okhttp3:okhttp-sse:4.12.0',
  'com.squareup.okhttp3:okhttp:4.12.0',
  'com.squareup.okio:okio-jvm:3.6.0',
  'org.jetbrains.kotlin:kotlin-stdlib:1.9.10',
];
const OKHTTP_5: readonly Coordinates[] = [
  'com.squareup.okhttp3:okhttp-sse:5.5.1',
  'com.squareup.okhttp3:okhttp-jvm:5.5.1',
  'com.squareup.okio:okio-jvm:3.18.1',
  'org.jetbrains.kotlin:kotlin-stdlib:2.1.21',
];
const LAUNCH_DARKLY: readonly Coordinates[] = [
  ...OKHTTP_4,
  'com.launchdarkly:okhttp-eventsource:4.3.0',
  'com.launchdarkly:launchdarkly-logging:1.1.1',
];

const ofJava = (
  name: string,
  program: string,
  jars: readonly Coordinates[],
  opensBy: EventSourceClient['opensBy'],
): EventSourceClient => ({
  opensBy,
  async follow(url, token) {
    const path = join(await mavenJars(name, jars), '*');
    const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', path];
    return start('java', [...flags, join(programs, program), url], { TIDEMARK_TOKEN: token });
  },
});

/** By their names in the registries. Java's need a JDK of 17 or later. */
export const EVENT_SOURCES: Readonly<Record<string, EventSourceClient>> = {
  'eventsource 4': ofNode('eventsource-4'),
  'eventsource 5': ofNode('eventsource-5'),
  undici: ofNode('undici'),
  'Node itself': ofNode('node'),
  'okhttp-sse 4': ofJava('okhttp-sse-4', 'OkHttpSse.java', OKHTTP_4, 'token'),
  'okhttp-sse 5': ofJava('okhttp-sse-5', 'OkHttpSse.java', OKHTTP_5, 'token'),
  'okhttp-eventsource': ofJava('okhttp-eventsource', 'LaunchDarkly.java', LAUNCH_DARKLY, 'ticket'),
};

/** It ends at the latest with this process, whose end of the pipe it reads. */
function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Follower {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const activities: string[] = [];
  const oddities: string[] = [];
  let opened = 0;
  createInterface(child.stdout).on('line', (line) => {
    const told = JSON.parse(line) as { activity?: string; opened?: true };
    if (told.activity !== undefined) activities.push(told.activity);
    else if (told.opened) opened += 1;
    else oddities.push(line);
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const gone = once(child, 'close').then(([code]) => {
    if (code !== null && code !== 0) oddities.push(`${command} ended with ${code}: ${complaints}`);
  });
  return {
    activities,
    oddities,
    get opened() {
      return opened;
    },
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}
