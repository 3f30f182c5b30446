import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Exchange, linkTo, notFound, wholeNumber } from '#platform';
import { type Listed, type ListPart } from '../listed.js';

// What generated clients hold in an `int`.
const LAST_PAGE = 2_147_483_647;
const LAST_ID = 999_999_999_999_999;

/** The parameters of a list, which `oneWay` has to follow once its filters are added. */
export const pageParameters = z.strictObject({
  page: wholeNumber(1, LAST_PAGE).optional().describe('From 1, which is the default; not together with after.'),
  page_size: wholeNumber(1, 500).default(50),
  after: wholeNumber(0, LAST_ID)
    .optional()
    .describe('What comes behind this id, in place of a page: nobody is missed while others are deleted. 0 begins.'),
});

/** What `refine` takes. */
export const oneWay: [fits: (part: ListPart) => boolean, otherwise: { path: string[]; message: string }] = [
  ({ page, after }) => page === undefined || after === undefined,
  { path: ['after'], message: 'cannot go together with page' },
];

export const PageQuery = pageParameters.refine(...oneWay);

/** What `answerList` answers. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    count: z.int().min(0),
    next: z.url().nullable(),
    previous: z.url().nullable(),
    results: z.array(item),
  });

/** What the description of a list says of how to walk it. */
export const WALKS =
  '`next` and `previous` are the pages beside this one. Whoever reads a whole list better follows `Link`, or begins with ' +
  '`after=0`: an id stays where it is while others are deleted, a page does not. With `after`, `next` goes on so, ' +
  'there is no `previous`, and behind the end is an empty list.';

/**
 * v3's shape of a part of a list; sets `Link` where more comes behind it. Throws `not-found` past the last page; page 1
 * of nothing is a page.
 */
export function answerList<Row extends { id: number }, Item>(
  { request, reply, query }: Exchange<{ query: typeof PageQuery }>,
  { count, rows, hasMore }: Listed<Row>,
  shown: (row: Row) => Item,
) {
  const numbered = query.after === undefined ? pagesBeside(request, query, count) : undefined;
  const behind = hasMore ? linkTo(request, { page: undefined, after: String(rows.at(-1)!.id) }) : null;
  if (behind !== null) void reply.header('link', `<${behind}>; rel="next"`);
  return { count, ...(numbered ?? { next: behind, previous: null }), results: rows.map(shown) };
}

function pagesBeside(request: FastifyRequest, { page = 1, page_size }: ListPart, count: number) {
  const last = Math.max(1, Math.ceil(count / page_size));
  if (page > last) throw notFound(`page: the last one is ${last}`);
  const link = (to: number) => (to >= 1 && to <= last ? linkTo(request, { page: String(to) }) : null);
  return { next: link(page + 1), previous: link(page - 1) };
}
