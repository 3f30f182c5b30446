import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a process holds after its garbage has been collected, in bytes. */
export type Memory = Pick<NodeJS.MemoryUsage, 'rss' | 'heapUsed' | 'external'>;

/** For Node, so that `memoryOf` can ask the process. */
export const ASKABLE = ['--expose-gc', '--import', import.meta.filename];

/** Of an app that was started with `ASKABLE`. */
export async function memoryOf(app: ChildProcess): Promise<Memory> {
  app.send('memory?');
  const [memory] = (await once(app, 'message')) as [Memory];
  return memory;
}

if (globalThis.gc && process.send) {
  process.on('message', (question) => {
    if (question !== 'memory?') return;
    void globalThis.gc!({ type: 'major', execution: 'async' }).then(() => {
      globalThis.gc!();
      process.send!(process.memoryUsage());
    });
  });
}
