import { withoutSettings } from './install.mjs';

// What a program needs to know of the machine and the person, and nothing that anybody would keep to themselves.
const plain = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|TERM|JAVA_HOME|LD_LIBRARY_PATH)$/;

/** For Kafka, Postgres and Redis: they serve whoever finds a way in, and have nothing to tell of the service. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => plain.test(name)));
}

/** For the apps: all but what a file .env may hold for Docker Compose alone, above all its administrator's password. */
export function appEnvironment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(POSTGRES_\w+|REDIS_PASSWORD)$/.test(name));
  return { ...Object.fromEntries(own), ...more };
}

/** For compilers, downloads, tests and the like: all but the settings of the service, which hold its secrets. */
export function toolEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...withoutSettings(process.env), ...more };
}
