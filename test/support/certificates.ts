import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  /** The authority, which nobody else knows. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** `key` and `cert` one behind the other, as Kafka wants them. */
  readonly both: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority of its own and what it signed, good for a server at 127.0.0.1 and for a client. Needs openssl on the PATH. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const [ca, caKey, cert, key, both] = [at('ca.pem'), at('ca.key'), at('one.pem'), at('one.key'), at('both.pem')];
  const [request, extensions] = [at('one.csr'), at('one.ext')];
  openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-subj', '/CN=authority', '-keyout', caKey, '-out', ca);
  openssl('req', '-new', ...NEW_KEY, '-subj', '/CN=one', '-keyout', key, '-out', request);
  writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', request, '-days', '2', '-extfile', extensions],
    ...['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-out', cert],
  );
  writeFileSync(both, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'), { mode: 0o600 });
  return { ca, cert, key, both };
}
