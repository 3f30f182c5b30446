import { type Service } from '#importing';
import { type Scope, signToken } from '#platform';
import { serviceUrl, signing } from '../config.js';
import { CommandFailed, type CliContext } from '../context.js';

const TOKEN_SECONDS = 600;

/** The service that a command speaks to, opened with these scopes. Throws `CommandFailed`. */
export function serviceFor(
  environment: string,
  scopes: readonly Scope[],
  context: CliContext,
  subject = 'tidemark-import',
): Service {
  const url = serviceUrl(context);
  if (url === undefined) {
    throw new CommandFailed(
      'Set TIDEMARK_URL, or start Tidemark with "npm start": it is not known where the service is.',
    );
  }
  const given = context.env.TIDEMARK_TOKEN;
  if (given) return { url, environment, token: async () => given };
  const { secret, ...issuer } = signing(context);
  const claims = { subject, environments: [environment], scope: scopes.join(' '), ttl: TOKEN_SECONDS };
  return { url, environment, token: renewed(() => signToken(secret, claims, issuer)) };
}

/** Each is used for half of its time: an import may take hours, a token that leaks does not last. */
function renewed(make: () => Promise<string>): () => Promise<string> {
  let token: Promise<string>;
  let madeAt = -Infinity;
  return () => {
    if (performance.now() - madeAt < (TOKEN_SECONDS / 2) * 1000) return token;
    madeAt = performance.now();
    return (token = make());
  };
}
