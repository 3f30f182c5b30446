import { type z } from 'zod';
import { type InputError, Problem } from '../problems.js';

type Place = 'path' | 'query' | 'header' | 'body';

// A body can be at fault in a million places; nobody reads that many.
const MOST_ERRORS = 50;

/**
 * One part of a request, checked against its schema: throws `invalid-request` for path, query and headers, `invalid-body`
 * for a body, with an entry for each place at fault.
 */
export function checkInput<Schema extends z.ZodType>(place: Place, schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues
    .slice(0, MOST_ERRORS)
    .flatMap((issue) => inputErrors(place, issue, input))
    .slice(0, MOST_ERRORS);
  const summary = errors.map(inWords).slice(0, 3);
  throw new Problem(place === 'body' ? 'invalid-body' : 'invalid-request', summary.join('; '), { errors });
}

/** A body that is wrong as a whole has no place to name. */
function inWords({ pointer, parameter, detail }: InputError): string {
  const place = pointer ?? parameter ?? '';
  return place === '' ? detail : `${place}: ${detail}`;
}

/** One issue of the schema as entries of `errors`; several unknown fields come as one issue. */
export function inputErrors(place: Place, issue: z.core.$ZodIssue, input: unknown): InputError[] {
  if (issue.code === 'unrecognized_keys') {
    const what = place === 'body' ? 'field' : 'parameter';
    return issue.keys.slice(0, MOST_ERRORS).map((key) => ({
      ...placeOf(place, [...issue.path, key]),
      code: 'unknown',
      detail: `there is no such ${what}`,
    }));
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  if (isMissing(value) && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    const detail = value === null ? 'is required, so it cannot be null' : 'is required';
    return [{ ...placeOf(place, issue.path), code: 'required', detail }];
  }
  if (place !== 'body' && Array.isArray(value)) {
    return [{ ...placeOf(place, issue.path), code: 'repeated', detail: 'may be given once' }];
  }
  // A number that is kept to the digit is an object to the schema, and to nobody else.
  const detail = JSON.isRawJSON(value) ? issue.message.replace('received object', 'received number') : issue.message;
  return [{ ...placeOf(place, issue.path), code: 'invalid', detail }];
}

const isMissing = (value: unknown) => value === undefined || value === null;

function placeOf(place: Place, path: PropertyKey[]): Pick<InputError, 'pointer' | 'parameter'> {
  if (place !== 'body') return { parameter: String(path[0] ?? '') };
  return { pointer: path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') };
}
