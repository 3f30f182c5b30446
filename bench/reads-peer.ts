import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { Pool } from 'pg';
import { FOLD_NAMES, Namespace } from '#platform';

// What the service is measured against: the same query and as many connections, with nothing around it: no tokens, no
// schemas, no framework on top.
const namespace = new Namespace(process.env['TIDEMARK_NAMESPACE']!);
const schemas = FOLD_NAMES.map((fold) => namespace.views(fold)).join(',');
const pool = new Pool({
  connectionString: process.env['DATABASE_URL'],
  max: 10,
  options: `-c search_path=${schemas}`,
});
const app = fastify();

app.get<{ Params: { id: string } }>('/api/v3/users/:id', async (request) => {
  const { rows } = await pool.query({
    name: 'user',
    text: `SELECT users.id, object_id, username, email, first_name, last_name, is_active, profile, created_on,
        last_modified_on, version, activity.last_active_at
      FROM users CROSS JOIN LATERAL (SELECT max(last_active_at) AS last_active_at FROM activity_totals activity
        WHERE activity.environment = users.environment AND activity.user_id = users.id) activity
      WHERE users.environment = 'demo' AND users.id = $1`,
    values: [request.params.id],
  });
  return rows[0] as unknown;
});

await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.((app.server.address() as AddressInfo).port);
