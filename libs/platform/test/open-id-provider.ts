import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';

export type KeyAlgorithm = 'RS256' | 'ES256';

/** A certified OpenID provider on this machine, which gives access tokens as JWTs (RFC 9068) to a client of its own. */
export interface OpenIdProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** An access token by the grant client_credentials, with these claims beside the provider's own. */
  token(claims: Record<string, unknown>): Promise<string>;
  /** From now on another key signs, and it alone is published. */
  rotate(algorithm: KeyAlgorithm): Promise<void>;
  close(): Promise<void>;
}

const CLIENT = { client_id: 'sender', client_secret: 'known to this test alone' };
const AUDIENCE = 'urn:tidemark';

export async function startOpenIdProvider(algorithm: KeyAlgorithm): Promise<OpenIdProvider> {
  let handle: RequestListener = () => undefined;
  let claims: Record<string, unknown> = {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rotate = async (next: KeyAlgorithm) => {
    const provider = new Provider(issuer, await settings(next, () => claims));
    const respond = provider.callback();
    handle = (request, response) => void respond(request, response);
  };
  await rotate(algorithm);
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    rotate,
    async token(wanted) {
      claims = wanted;
      const body = new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, ...CLIENT });
      const answer = (await (await fetch(`${issuer}/token`, { method: 'POST', body })).json()) as Record<
        string,
        string
      >;
      if (!answer.access_token) throw new Error(`no token: ${JSON.stringify(answer)}`);
      return answer.access_token;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function settings(algorithm: KeyAlgorithm, claims: () => Record<string, unknown>): Promise<Configuration> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: algorithm, use: 'sig', kid: crypto.randomUUID() };
  return {
    jwks: { keys: [key] },
    clients: [
      {
        ...CLIENT,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: algorithm,
      },
    ],
    extraTokenClaims: () => claims(),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: algorithm } },
        }),
      },
    },
  };
}
