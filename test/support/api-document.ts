import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly example?: unknown;
}

interface Part {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Record<string, { value: unknown }>;
  readonly 'x-itemSchema'?: object;
}

interface DocumentedAnswer {
  readonly $ref?: string;
  readonly headers?: Record<string, { required: boolean; schema: object }>;
  readonly content?: Record<string, Part>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly security: Record<string, string[]>[];
  readonly parameters: Parameter[];
  readonly requestBody?: { content: Record<string, Part> };
  readonly responses: Record<string, DocumentedAnswer>;
}

/** A call as the document describes it. */
export interface Operation extends DocumentedOperation {
  readonly method: string;
  readonly path: string;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  /** Of a stream that goes on, what had come when it was left. */
  readonly text: string;
}

interface OpenApi {
  readonly paths: Record<string, Record<string, DocumentedOperation>>;
}

// Headers of the transport, of browsers, and of every answer: none of a call's own.
const COMMON = new Set([
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'date',
  'keep-alive',
  'request-id',
  'transfer-encoding',
  'vary',
  'x-accel-buffering',
  'x-content-type-options',
]);

/** The served document as the judge of what the service answers. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApi) {
    formats.default(this.ajv);
    this.ajv.addSchema(document, 'document');
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
    );
  }

  static async of(url: string): Promise<ApiDocument> {
    return new ApiDocument((await (await fetch(`${url}/docs-json`)).json()) as OpenApi);
  }

  operation(id: string): Operation {
    const operation = this.operations.find(({ operationId }) => operationId === id);
    if (!operation) throw new Error(`the document has no operation ${id}`);
    return operation;
  }

  /** The operation that a request is; paths without parameters go first. */
  operationOf(method: string, pathname: string): Operation {
    const fitting = this.operations
      .filter((operation) => operation.method === method && patternOf(operation.path).test(pathname))
      .sort((one, other) => one.path.split('{').length - other.path.split('{').length);
    if (!fitting[0]) throw new Error(`the document has no ${method} ${pathname}`);
    return fitting[0];
  }

  /** What an answer has that the document does not say, and what it lacks. Empty where they agree. */
  faultsOf(operation: Operation, { status, headers, text }: Exchanged): string[] {
    const pointer = this.answerPointer(operation, status);
    const answer = pointer === undefined ? undefined : (this.at(pointer) as DocumentedAnswer);
    if (!pointer || !answer) return [`status ${status} is not documented (${text.slice(0, 300)})`];
    return [
      ...this.headerFaults(pointer, answer, headers),
      ...this.bodyFaults(pointer, answer, headers.get('content-type'), text),
    ];
  }

  /** The answers of an operation by status, each problem by its code. */
  answersOf({ responses }: Operation): { status: number; code?: string }[] {
    return Object.entries(responses).flatMap(([status, { $ref, ...answer }]) => {
      const { content = {} } = $ref ? (this.at($ref.slice(1)) as DocumentedAnswer) : answer;
      const parts = Object.entries(content).filter(([, { examples }]) => examples && !('example1' in examples));
      const codes = parts.flatMap(([, { examples = {} }]) => Object.keys(examples));
      const plain = parts.length < Object.keys(content).length || codes.length === 0;
      return [...(plain ? [{}] : []), ...codes.map((code) => ({ code }))].map((one) => ({
        status: Number(status),
        ...one,
      }));
    });
  }

  /** What is wrong with a line or an event of a stream. */
  itemFaults(operation: Operation, mediaType: string, item: unknown): string[] {
    const pointer = `${this.answerPointer(operation, 200)}/content/${escaped(mediaType)}/x-itemSchema`;
    return this.faults(pointer, item);
  }

  private answerPointer({ path, method, responses }: Operation, status: number): string | undefined {
    const answer = responses[status];
    if (answer?.$ref) return answer.$ref.replace(/^#/, '');
    return answer && `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}`;
  }

  private headerFaults(pointer: string, { headers: documented = {} }: DocumentedAnswer, headers: Headers): string[] {
    const unknown = [...headers.keys()].filter(
      (name) => !COMMON.has(name) && !Object.keys(documented).some((known) => known.toLowerCase() === name),
    );
    const wrong = Object.entries(documented).flatMap(([name, { required, schema }]) => {
      const value = headers.get(name);
      if (value === null) return required ? [`the header ${name} is missing`] : [];
      const typed = 'type' in schema && schema.type === 'integer' ? Number(value) : value;
      return this.faults(`${pointer}/headers/${escaped(name)}/schema`, typed);
    });
    return [...unknown.map((name) => `the header ${name} is not documented`), ...wrong];
  }

  private bodyFaults(pointer: string, { content }: DocumentedAnswer, contentType: string | null, text: string) {
    if (!content) return text === '' ? [] : [`there should be no body, and there is ${text.slice(0, 300)}`];
    const [mediaType = ''] = (contentType ?? '').split(';');
    if (!(mediaType in content)) return [`the media type ${contentType} is not documented`];
    const body: unknown = mediaType.endsWith('json') && !mediaType.includes('ndjson') ? JSON.parse(text) : text;
    return this.faults(`${pointer}/content/${escaped(mediaType)}/schema`, body);
  }

  private faults(pointer: string, value: unknown): string[] {
    const validate = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
    this.validators.set(pointer, validate);
    if (validate(value)) return [];
    return [`${JSON.stringify(value).slice(0, 600)} is not as documented: ${this.ajv.errorsText(validate.errors)}`];
  }

  private at(pointer: string): unknown {
    const names = pointer.split('/').slice(1);
    return names.reduce<any>((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], this.document);
  }
}

export function isStream(contentType: string | null): boolean {
  return /^(text\/event-stream|application\/x-ndjson)/.test(contentType ?? '');
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
