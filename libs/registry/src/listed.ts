/** Which part of a list in the order of ids: a numbered page, from 1 and the first unless told otherwise, or what comes behind an id. */
export interface ListPart {
  readonly page?: number;
  readonly after?: number;
  readonly page_size: number;
}

/** A part of a list, with how many there are in all. */
export interface Listed<Row> {
  readonly count: number;
  readonly rows: Row[];
  /** Whether there are others behind these. */
  readonly hasMore: boolean;
}

/** Where a part begins: behind an id, and with so many left out there. Ids are from 1. */
export function startOf({ page = 1, after, page_size }: ListPart): { behind: number; skip: number } {
  return after === undefined ? { behind: 0, skip: (page - 1) * page_size } : { behind: after, skip: 0 };
}

/** The part of rows that were read with one more than were asked for. */
export function listed<Row>(count: number, rows: Row[], { page_size }: ListPart): Listed<Row> {
  return { count, rows: rows.slice(0, page_size), hasMore: rows.length > page_size };
}
