import { spawn } from 'node:child_process';
import { environmentOf } from './app-process.ts';
import { Launch } from './launch.ts';
import type { Service } from './service.ts';

/** A program of `examples/` that listens, as its README starts it, against the service. */
export async function startExample(
  program: string,
  tidemark: { readonly url: string; readonly token: string },
): Promise<{ readonly url: string; readonly launch: Launch }> {
  const child = spawn(process.execPath, [`examples/${program}`], {
    env: { TIDEMARK_URL: tidemark.url, TIDEMARK_TOKEN: tidemark.token, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const launch = new Launch(child);
  const [url] = await launch.saying(/http:\/\/127\.0\.0\.1:\d+/);
  return { url, launch };
}

/** A program of `examples/` that runs the command line, to its end. */
export async function runExample(
  program: string,
  args: readonly string[],
  service: Pick<Service, 'config'>,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(`examples/${program}`, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environmentOf(service) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const launch = new Launch(child);
  return { code: await launch.exitCode, said: launch.said };
}
