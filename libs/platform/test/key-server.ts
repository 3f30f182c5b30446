import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** A key pair as an identity provider has it: the public half to be published, and tokens of the other. */
export interface SigningKey {
  readonly jwk: JWK;
  /** A token of `demo`, good for an hour, with these claims in place of its own. */
  sign(claims?: JWTPayload, header?: object): Promise<string>;
}

export async function signingKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    sign: (claims, header) =>
      new SignJWT({ sub: 'jane', environments: ['demo'], scope: '', exp: inAnHour(), ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey),
  };
}

export const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

/** An address of keys on this machine. */
export interface KeyServer {
  readonly url: string;
  /** How often it was asked. */
  readonly asked: () => number;
  publish(...keys: readonly { jwk: JWK }[]): void;
  /** What it answers instead; nothing at all cuts the connection. */
  fail(answer?: { status: number; body: string }): void;
  close(): Promise<void>;
}

export async function startKeyServer(...keys: readonly { jwk: JWK }[]): Promise<KeyServer> {
  const published = (those: readonly { jwk: JWK }[]) => ({
    status: 200,
    body: JSON.stringify({ keys: those.map(({ jwk }) => jwk) }),
  });
  let answer: { status: number; body: string } | undefined = published(keys);
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (answer) response.writeHead(answer.status).end(answer.body);
    else request.socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    asked: () => asked,
    publish: (...those) => void (answer = published(those)),
    fail: (instead) => void (answer = instead),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
