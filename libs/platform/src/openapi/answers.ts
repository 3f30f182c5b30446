import { type z } from 'zod';
import { isV2, problemBody } from '../http/problem-body.js';
import { ErrorV2, ProblemDetails } from '../http/problem-schemas.js';
import { Problem, type ProblemCode, PROBLEMS } from '../problems.js';
import { ANSWER_HEADERS, type AnswerHeaders } from './answer-headers.js';
import { type Content } from './content.js';
import { type Components, examplesOf } from './components.js';

/** One answer of a call, beside its errors. */
export interface Answer {
  /** The call's summary when left out. */
  readonly description?: string;
  readonly body?: Content;
  readonly headers?: AnswerHeaders;
}

export interface DescribedAnswer {
  readonly description: string;
  readonly headers?: object;
  readonly content?: object;
}

export function describeAnswer(
  { description, body, headers }: Answer,
  summary: string,
  components: Components,
): DescribedAnswer {
  return {
    description: description ?? summary,
    ...(headers && { headers: describeHeaders(headers, components) }),
    ...(body && { content: components.describeContent(body, 'output') }),
  };
}

function describeHeaders(headers: AnswerHeaders, components: Components): object {
  const described = Object.entries(headers).map(([name, occurrence]) => {
    const schema: z.ZodType = ANSWER_HEADERS[name as keyof AnswerHeaders];
    const { description, examples: _, ...json } = components.describe(schema, 'output');
    return [name, { description, required: occurrence === 'always', schema: json, example: examplesOf(schema)[0] }];
  });
  return Object.fromEntries(described) as object;
}

// With which header each of these comes.
const HEADER_OF: Partial<Record<ProblemCode, keyof AnswerHeaders>> = {
  unauthorized: 'WWW-Authenticate',
  'missing-scope': 'WWW-Authenticate',
  'unknown-position': 'Tidemark-Position',
  'in-flight': 'Retry-After',
  overloaded: 'Retry-After',
  unavailable: 'Retry-After',
};

/** The headers of a status that has these codes: those of some codes are there sometimes. */
function headersOf(codes: readonly ProblemCode[]): AnswerHeaders | undefined {
  const names = new Set(codes.flatMap((code) => HEADER_OF[code] ?? []));
  const occurrence = codes.every((code) => code in HEADER_OF) ? 'always' : 'sometimes';
  return names.size === 0 ? undefined : Object.fromEntries([...names].map((name) => [name, occurrence]));
}

export interface ErrorAnswer {
  readonly status: string;
  /** The same for the same errors in the same shape. */
  readonly name: string;
  readonly answer: DescribedAnswer;
}

/** The errors by their status, each with the codes that it may have, in the shape of errors at this path. */
export function describeErrors(codes: readonly ProblemCode[], path: string, components: Components): ErrorAnswer[] {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  return [...byStatus].map(([status, codes]) => {
    const { mediaType, schema } = errorShape(codes, path, components);
    const headers = headersOf(codes);
    const examples = codes.map((code) => [code, { value: exampleOf(code, path) }]);
    const answer = {
      description: codes.map((code) => PROBLEMS[code].title).join('; '),
      ...(headers && { headers: describeHeaders(headers, components) }),
      content: { [mediaType]: { schema, examples: Object.fromEntries(examples) as object } },
    };
    return { status: String(status), name: codes.map(pascalCase).join('Or') + (isV2(path) ? 'V2' : ''), answer };
  });
}

const pascalCase = (code: string) => code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The shape of errors at this path. Which codes a status may have is told by its examples: clients get one model of errors. */
function errorShape(codes: readonly ProblemCode[], path: string, components: Components) {
  const { mediaType } = problemBody(new Problem(codes[0]!, ''), path, '');
  return { mediaType, schema: components.describe(isV2(path) ? ErrorV2 : ProblemDetails, 'output') };
}

function exampleOf(code: ProblemCode, path: string): object {
  const problem = new Problem(code, PROBLEMS[code].title, {
    ...(code === 'invalid-request' && {
      errors: [{ parameter: 'page', code: 'invalid', detail: 'must be a whole number from 1 to 1000000000' }],
    }),
    ...(code === 'invalid-body' && { errors: [{ pointer: '/username', code: 'required', detail: 'is required' }] }),
  });
  return problemBody(problem, path, 'urn:uuid:0b0f7f0e-7d0b-4c0e-8a53-5c0b7f6b2a4d').body;
}
