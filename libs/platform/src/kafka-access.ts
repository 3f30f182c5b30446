import { z } from 'zod';
import { textAs } from './text-as.js';
import { pemFile } from './tls.js';

/** How the brokers of Kafka let this process in, beside their addresses. */
export interface KafkaAccess {
  /** PEM texts. Without `ca` the authorities that Node knows are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Of topics when they are created; the broker's own default when left out. */
  readonly replication?: number;
}

type Sasl = NonNullable<KafkaAccess['sasl']>;

const SASL = /^(plain|scram-sha-256|scram-sha-512):([^:]+):(.+)$/is;

function saslOf(text: string): Sasl | undefined {
  const [, mechanism, username, password] = SASL.exec(text) ?? [];
  return mechanism ? ({ mechanism: mechanism.toLowerCase(), username, password } as Sasl) : undefined;
}

const SASL_HINT =
  'mechanism:user:password, the mechanism one of plain, scram-sha-256 and scram-sha-512, the password all that follows';

/** The settings of it, by the name of their environment variable. */
export const KafkaAccessSettings = {
  KAFKA_TLS: z.enum(['true', 'false'], 'true or false').default('false'),
  KAFKA_TLS_CA: pemFile.optional(),
  KAFKA_TLS_CERT: pemFile.optional(),
  KAFKA_TLS_KEY: pemFile.optional(),
  KAFKA_SASL: textAs(saslOf, SASL_HINT).optional(),
  KAFKA_REPLICATION: z.coerce.number().int().min(1).max(32_767).optional(),
};

type Given = z.output<z.ZodObject<typeof KafkaAccessSettings>>;

/** Settings that are useless without another one are a mistake: the connection would be less safe than it looks. */
export function kafkaAccessIssues(given: Given): z.core.$ZodRawIssue[] {
  const issue = (name: keyof Given, message: string) => [
    { code: 'custom' as const, path: [name], message, input: undefined },
  ];
  const forTls = ['KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY'] as const;
  const useless = forTls.filter((name) => given[name] && given.KAFKA_TLS === 'false');
  const isHalf = !given.KAFKA_TLS_CERT !== !given.KAFKA_TLS_KEY;
  return [
    ...useless.flatMap((name) => issue(name, 'is for TLS: set KAFKA_TLS=true too, or leave this out')),
    ...(isHalf ? issue('KAFKA_TLS_KEY', 'KAFKA_TLS_CERT and KAFKA_TLS_KEY belong together: set both or none') : []),
  ];
}

export function kafkaAccess(given: Given): KafkaAccess {
  const { KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key } = given;
  return {
    tls: given.KAFKA_TLS === 'true' ? { ca, cert, key } : undefined,
    sasl: given.KAFKA_SASL,
    replication: given.KAFKA_REPLICATION,
  };
}
