import { type FastifyRequest } from 'fastify';
import { linkTo, notFound } from '#platform';

/** v3's shape of a numbered page. Throws `not-found` past the end; page 1 of nothing is a page. */
export function numberedPage<Item>(
  request: FastifyRequest,
  { page, page_size }: { page: number; page_size: number },
  { count, results }: { count: number; results: Item[] },
) {
  const last = Math.max(1, Math.ceil(count / page_size));
  if (page > last) throw notFound(`page: the last one is ${last}`);
  const link = (to: number) => (to >= 1 && to <= last ? linkTo(request, { page: String(to) }) : null);
  return { count, next: link(page + 1), previous: link(page - 1), results };
}
