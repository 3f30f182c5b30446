import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller, checkedBody, checkedPath, checkedQuery, Endpoint, plainText } from '#platform';
import { answerPending, isPending, senderOf } from '../../http/answers.js';
import { numberedPage } from '../../http/pages.js';
import { entityTag, isFresh } from '../../http/preconditions.js';
import { PageQuery, UserPath } from '../../users/http/user.input.js';
import { pageOf } from '../../users/http/user.views.js';
import { CreateWorkspace } from '../commands/create-workspace.js';
import { GetWorkspace, ListWorkspaces, type WorkspaceRow } from '../queries/workspaces.js';

const WorkspaceInput = z.strictObject({
  name: plainText
    .max(150, 'must be 1 to 150 characters')
    .refine((name) => name.trim() !== '', { message: 'must be more than white space' }),
});
const WorkspacePath = z.strictObject({ id: UserPath.shape.user_id });
const Workspace = z.object({ id: z.int(), name: z.string() });

@ApiTags('workspaces')
@Controller('api/v3/workspaces')
export class WorkspacesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post()
  @Endpoint({
    id: 'createWorkspace',
    summary: 'Create a workspace',
    scope: 'workspaces:write',
    status: 201,
    body: WorkspaceInput,
    answer: Workspace,
    problems: ['invalid-body'],
  })
  async create(
    @Caller() caller: Caller,
    @Body(checkedBody(WorkspaceInput)) { name }: z.output<typeof WorkspaceInput>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const answer = await this.commands.execute(new CreateWorkspace(senderOf(caller, request), name));
    if (isPending(answer)) return answerPending(answer, reply);
    const workspace = await this.queries.execute(new GetWorkspace(caller.environment, answer.id));
    void reply.header('location', `/api/v3/workspaces/${answer.id}`).header('etag', entityTag(workspace.version));
    return shown(workspace);
  }

  @Get()
  @Endpoint({
    id: 'listWorkspaces',
    summary: 'A page of workspaces, in the order of their ids',
    scope: 'workspaces:read',
    query: PageQuery,
    answer: pageOf(Workspace),
    problems: ['not-found'],
  })
  async list(
    @Caller() { environment }: Caller,
    @Query(checkedQuery(PageQuery)) query: z.output<typeof PageQuery>,
    @Req() request: FastifyRequest,
  ) {
    const { count, rows } = await this.queries.execute(new ListWorkspaces(environment, query.page, query.page_size));
    return numberedPage(request, query, { count, results: rows.map(shown) });
  }

  @Get(':id')
  @Endpoint({
    id: 'getWorkspace',
    summary: 'One workspace',
    scope: 'workspaces:read',
    path: WorkspacePath,
    answer: Workspace,
    problems: ['not-found'],
  })
  async get(
    @Caller() { environment }: Caller,
    @Param(checkedPath(WorkspacePath)) { id }: z.output<typeof WorkspacePath>,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const workspace = await this.queries.execute(new GetWorkspace(environment, id));
    void reply.header('etag', entityTag(workspace.version));
    if (!isFresh(ifNoneMatch, workspace.version)) return shown(workspace);
    void reply.status(304);
    return undefined;
  }
}

const shown = ({ id, name }: WorkspaceRow): z.output<typeof Workspace> => ({ id, name });
