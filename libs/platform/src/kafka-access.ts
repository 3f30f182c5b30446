import { z } from 'zod';
import { textAs } from './text-as.js';
import { pemFile } from './tls.js';

/** TLS, SASL and replication: the settings of Kafka besides the addresses of its brokers. */
export interface KafkaAccess {
  /** PEM texts. Without `ca`, Node's own CAs are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** The replication factor of new topics; the broker's own by default. */
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

/** The settings, by the names of their environment variables. */
export const KafkaAccessSettings = {
  KAFKA_TLS: z.enum(['true', 'false'], 'true or false').default('false'),
  KAFKA_TLS_CA: pemFile.optional(),
  KAFKA_TLS_CERT: pemFile.optional(),
  KAFKA_TLS_KEY: pemFile.optional(),
  KAFKA_SASL: textAs(saslOf, SASL_HINT).optional(),
  KAFKA_REPLICATION: z.coerce.number().int().min(1).max(32_767).optional(),
};

type Given = z.output<z.ZodObject<typeof KafkaAccessSettings>>;

/** Settings that have no effect without another one are refused: the connection would be less safe than it looks. */
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
