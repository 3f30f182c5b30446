import pg from 'pg';

// The role, and the database, of the apps.
export const appsRole = 'tidemark';
export const adminRole = 'postgres';
// What the first launchers made: the apps' role was the superuser with whom the cluster came, who can never be less.
const formerRole = 'tidemark_former';

export interface Passwords {
  readonly admin: string;
  readonly apps: string;
}

/** Where the server listens, and whether its data is thrown away with the tests that made it. */
export interface Cluster {
  readonly port: number;
  readonly throwAway: boolean;
  readonly passwords: Passwords;
  /** That of the apps' role where it still is the superuser of a former launcher. */
  readonly formerPassword: string;
}

export const addressOf = ({ port, passwords }: Cluster, role: 'admin' | 'apps', database: string): string =>
  `postgres://${role === 'admin' ? adminRole : appsRole}:${passwords[role]}@127.0.0.1:${port}/${database}`;

/**
 * True once the server answers, and has a database that belongs to a role which can do nothing outside of it: a
 * superuser could run programs (COPY … TO PROGRAM), and read files of the machine.
 */
export async function ensureRoles(cluster: Cluster): Promise<boolean> {
  await ensureAdmin(cluster);
  await connected(addressOf(cluster, 'admin', 'postgres'), async (admin) => {
    await ensureAppsRole(admin, cluster);
    await ensureDatabase(admin);
  });
  await connected(addressOf(cluster, 'admin', appsRole), handOver);
  return true;
}

/** A data folder of the first launchers has no other superuser than the apps' role. */
async function ensureAdmin(cluster: Cluster): Promise<void> {
  try {
    await connected(addressOf(cluster, 'admin', 'postgres'), () => Promise.resolve());
  } catch (error) {
    if ((error as pg.DatabaseError).code !== noSuchLogin) throw error;
    const create = `CREATE ROLE ${adminRole} SUPERUSER LOGIN PASSWORD ${pg.escapeLiteral(cluster.passwords.admin)}`;
    await connected(
      addressOf({ ...cluster, passwords: { ...cluster.passwords, apps: cluster.formerPassword } }, 'apps', 'postgres'),
      (former) => former.query(create),
    );
  }
}

async function ensureAppsRole(admin: pg.Client, { passwords, throwAway }: Cluster): Promise<void> {
  const { rows } = await admin.query<{ rolsuper: boolean }>('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [
    appsRole,
  ]);
  const isFormer = rows[0]?.rolsuper === true;
  if (rows.length > 0 && !isFormer) return;
  // One text is one transaction.
  await admin.query(
    `${isFormer ? `ALTER ROLE ${appsRole} RENAME TO ${formerRole}; ALTER ROLE ${formerRole} NOLOGIN PASSWORD NULL;` : ''}
     CREATE ROLE ${appsRole} LOGIN ${throwAway ? 'CREATEDB ' : ''}PASSWORD ${pg.escapeLiteral(passwords.apps)}`,
  );
}

async function ensureDatabase(admin: pg.Client): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [appsRole]);
  if (rowCount === 0) await admin.query(`CREATE DATABASE ${appsRole} OWNER ${appsRole}`);
}

/** Gives the apps' role what the former one has in the database: all in one go, or nothing. */
async function handOver(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ statement: string }>(ownedByFormer, [formerRole, appsRole]);
  if (rows.length > 0) await admin.query(rows.map(({ statement }) => statement).join(';'));
}

// Indexes, and sequences of columns, follow their tables; the types of tables do as well.
const ownedByFormer = `
  WITH former AS (SELECT oid FROM pg_roles WHERE rolname = $1),
    theirs AS (SELECT n.oid, n.nspname FROM pg_namespace n, former
      WHERE n.nspowner = former.oid AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public'))
  SELECT format('ALTER SCHEMA %I OWNER TO %I', nspname, $2::text) AS statement FROM theirs
  UNION ALL
  SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, $2::text)
  FROM pg_class c JOIN theirs ON theirs.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT format('ALTER DATABASE %I OWNER TO %I', datname, $2::text)
  FROM pg_database, former WHERE datname = current_database() AND datdba = former.oid`;

// invalid_password: the server tells nobody whether there is such a role.
const noSuchLogin = '28P01';

async function connected<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 30_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
