import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../problems.js';

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** A place in the input that is at fault. */
const Fault = z
  .object({
    pointer: z.string().optional().describe('Where in the body, as a JSON pointer (RFC 6901).'),
    parameter: z.string().optional().describe('Which parameter of the path, the query or the headers.'),
    code: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'Fault' });

/** Problem details (RFC 9457): how everything but v2 says what is wrong. */
export const ProblemDetails = z
  .object({
    type: z
      .enum(codes.map((code) => `/problems/${code}` as const))
      .describe('The address of a page that says what to do.'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string().describe('The id of the request, for those who look into the log.'),
    errors: z.array(Fault).optional().describe('Each place in the input that is at fault, where it is.'),
  })
  .meta({ id: 'Problem' });

const ErrorDetailsV2 = z.object({ code: z.enum(codes), message: z.string() }).meta({ id: 'ErrorDetailsV2' });

/** How v2 says what is wrong. */
export const ErrorV2 = z.object({ status: z.literal('error'), error: ErrorDetailsV2 }).meta({ id: 'ErrorV2' });
