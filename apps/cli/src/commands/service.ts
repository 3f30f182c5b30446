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
  return {
    url,
    environment,
    token: given ? async () => given : renewedToken({ environment, scopes, subject }, context),
  };
}

/** Tokens of ten minutes, each used for five: an import may take hours, a token that leaks does not last. */
function renewedToken(
  { environment, scopes, subject }: { environment: string; scopes: readonly Scope[]; subject: string },
  context: CliContext,
): () => Promise<string> {
  const { secret, ...issuer } = signing(context);
  const claims = { subject, environments: [environment], scope: scopes.join(' '), ttl: TOKEN_SECONDS };
  let token: Promise<string> | undefined;
  let madeAt = 0;
  return () => {
    const age = performance.now() - madeAt;
    if (token && age < (TOKEN_SECONDS / 2) * 1000) return token;
    madeAt = performance.now();
    return (token = signToken(secret, claims, issuer));
  };
}
