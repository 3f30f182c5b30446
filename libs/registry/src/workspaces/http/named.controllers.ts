import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type Exchange, type IfMatch, type IfNoneMatch, type Parts, Problem } from '#platform';
import { type Answer, CommandLog } from '../../commands/command-log.js';
import { type NamedKind } from '../../decisions/named.decider.js';
import { answerObject, submitted } from '../../http/answers.js';
import { type CommandExchange } from '../../http/command-endpoint.js';
import { answerList, type PageQuery } from '../../http/pages.js';
import { entityTag, expectedVersions } from '../../http/preconditions.js';
import { GetNamed, ListNamed, type NamedRow } from '../queries/named.js';
import { readEndpoints, writeEndpoints } from './named.endpoints.js';
import { type NamedInput, type NamedPatch, type NamedPath } from './workspaces.input.js';

const shown = ({ id, name }: Pick<NamedRow, 'id' | 'name'>) => ({ id, name });

/** The workspace or group as a command left it, where its answer has one. */
export const shownNamed = (answer: Answer) =>
  'pending' in answer || answer.named === undefined ? undefined : shown(answer.named);

/** The routes of workspaces, or of groups: made once of each kind, since no two calls may have one id. */
export function namedControllers(kind: NamedKind) {
  const path = kind.toLowerCase() + 's';
  return [readsOf(kind, path), writesOf(kind, path)];
}

/** The exchange of a command for one that exists. */
type OfNamed<Of extends Parts = object> = CommandExchange<Of & { path: typeof NamedPath; headers: typeof IfMatch }>;

const namedOf = (exchange: OfNamed) => ({ id: exchange.path.id, ...expectedVersions(exchange) });

function readsOf(kind: NamedKind, path: string) {
  const endpoints = readEndpoints(kind);

  @ApiTags(path)
  @Controller(`api/v3/${path}`)
  class NamedReads {
    constructor(private readonly queries: QueryBus) {}

    @Get()
    @endpoints.list
    async list(exchange: Exchange<{ query: typeof PageQuery }>) {
      const { caller, query } = exchange;
      return answerList(exchange, await this.queries.execute(new ListNamed(caller.environment, kind, query)), shown);
    }

    @Get(':id')
    @endpoints.get
    async get(exchange: Exchange<{ path: typeof NamedPath; headers: typeof IfNoneMatch }>) {
      const { caller, path } = exchange;
      const object = await this.queries.execute(new GetNamed(caller.environment, kind, path.id));
      return answerObject(exchange, object.version, shown(object));
    }
  }
  return NamedReads;
}

function writesOf(kind: NamedKind, path: string) {
  const endpoints = writeEndpoints(kind);

  @ApiTags(path)
  @Controller(`api/v3/${path}`)
  class NamedWrites {
    constructor(
      private readonly commands: CommandLog,
      private readonly queries: QueryBus,
    ) {}

    @Post()
    @endpoints.create
    async create(exchange: CommandExchange<{ body: typeof NamedInput }>) {
      return submitted(this.commands, exchange, { type: `Create${kind}`, name: exchange.body.name }, shownNamed);
    }

    @Patch(':id')
    @endpoints.change
    async change(exchange: OfNamed<{ body: typeof NamedPatch }>) {
      const {
        caller,
        path,
        body: { name },
      } = exchange;
      if (name === undefined) {
        return answerUnchanged(exchange, await this.queries.execute(new GetNamed(caller.environment, kind, path.id)));
      }
      const rename = { type: `Rename${kind}`, ...namedOf(exchange), name, ifOther: true } as const;
      return submitted(this.commands, exchange, rename, shownNamed);
    }

    @Delete(':id')
    @endpoints.delete
    async delete(exchange: OfNamed) {
      return submitted(this.commands, exchange, { type: `Delete${kind}`, ...namedOf(exchange) }, shownNamed);
    }
  }
  return NamedWrites;
}

/** A patch without a name changes nothing, and is no command. */
function answerUnchanged(exchange: OfNamed, object: NamedRow) {
  const { ifVersions } = expectedVersions(exchange);
  if (ifVersions && !ifVersions.includes(object.version)) {
    throw new Problem('stale-version', `The current version is ${entityTag(object.version)}.`);
  }
  void exchange.reply.header('etag', entityTag(object.version));
  return shown(object);
}
