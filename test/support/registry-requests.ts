import type { Answer } from './service.js';
import type { Command, Place, Verdict } from './registry-model.js';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers: Record<string, string>;
}

/** The request by which a client sends these commands: several are a batch of users. */
export function requestOf(commands: readonly Command[], key?: string): HttpRequest {
  const { ifMatch } = commands[0] as { ifMatch?: number };
  const headers = {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
  };
  if (commands.length === 1) return { ...single(commands[0]!), headers };
  const users = commands.map((command) => (command as Command & { type: 'register' }).user);
  return { method: 'POST', path: '/api/v3/users/batch', body: users, headers };
}

export const pathOf = ({ kind, id }: Place) => `/api/v3/${kind}/${id}`;

function single(command: Command): Omit<HttpRequest, 'headers'> {
  switch (command.type) {
    case 'register':
      return { method: 'POST', path: '/api/v3/users', body: command.user };
    case 'replace':
      return { method: 'PUT', path: `/api/v3/users/${command.id}`, body: command.user };
    case 'change':
      return { method: 'PATCH', path: `/api/v3/users/${command.id}`, body: command.changes };
    case 'create':
      return { method: 'POST', path: `/api/v3/${command.kind}`, body: { name: command.name } };
    case 'rename':
      return { method: 'PATCH', path: pathOf(command), body: { name: command.name } };
    case 'delete':
      return { method: 'DELETE', path: pathOf(command) };
    case 'assign':
      return assignment(command);
  }
}

function assignment({ target, holder, role }: Command & { type: 'assign' }): Omit<HttpRequest, 'headers'> {
  const method = role === undefined ? 'DELETE' : 'PUT';
  if (target.kind === 'groups') return { method, path: `${pathOf(target)}/members/${holder.id}` };
  const path = `${pathOf(target)}/permissions/${holder.kind}/${holder.id}`;
  return { method, path, ...(role !== undefined && { body: { role } }) };
}

/** An answer as the model speaks of it, with no more than the model knows. */
export function verdictOf({ status, headers, body }: Answer): Verdict {
  if (status >= 400) return { status, code: String(body?.type).replace('/problems/', '') };
  const tag = headers.get('etag');
  if (tag === null) return { status };
  const {
    objectId: _,
    createdOn: __,
    lastModifiedOn: ___,
    lastActiveOn: ____,
    ...known
  } = body as object & Record<string, unknown>;
  return { status, version: Number(tag.replaceAll('"', '')), body: known };
}

/** What a batch is answered when its items are judged like this. */
export function batchAnswer(verdicts: readonly Verdict[]): object {
  const rejected = verdicts.flatMap(({ code }, index) => (code === undefined ? [] : [{ index, code }]));
  return { created: verdicts.length - rejected.length, rejected };
}
