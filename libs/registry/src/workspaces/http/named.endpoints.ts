import { type NamedKind } from '../../decisions/named.decider.js';
import { CommandEndpoint, MADE, SHOWN } from '../../http/command-endpoint.js';
import { PageQuery, WALKS } from '../../http/pages.js';
import { Endpoint, IfMatch, IfNoneMatch } from '#platform';
import { Group, GroupPage, NamedInput, NamedPatch, NamedPath, Workspace, WorkspacePage } from './workspaces.input.js';

const read = 'workspaces:read';
const write = 'workspaces:write';

const KINDS = {
  Workspace: {
    ...{ noun: 'workspace', One: Workspace, Page: WorkspacePage },
    deletion: 'Delete a workspace, and the roles in it',
    afterDeletion: 'Its activities stay in the feeds and figures of their users.',
  },
  Group: {
    ...{ noun: 'group', One: Group, Page: GroupPage },
    deletion: 'Delete a group, and the roles that it held',
    afterDeletion: 'Its members lose what they had by it alone.',
  },
};

/** What the routes that show workspaces, or groups, promise. */
export function readEndpoints(kind: NamedKind) {
  const { noun, One, Page } = KINDS[kind];
  return {
    list: Endpoint({
      id: `list${kind}s`,
      summary: `A page of ${noun}s, in the order of their ids`,
      description: WALKS,
      scope: read,
      query: PageQuery,
      answers: { 200: { body: Page, headers: { Link: 'sometimes' } } },
      problems: ['not-found'],
    }),
    get: Endpoint({
      id: `get${kind}`,
      summary: `One ${noun}`,
      description: 'Its id and name.',
      scope: read,
      path: NamedPath,
      headers: IfNoneMatch,
      answers: { 200: { body: One, headers: SHOWN }, 304: { description: 'It is still that version', headers: SHOWN } },
    }),
  };
}

/** What the routes that change them promise. */
export function writeEndpoints(kind: NamedKind) {
  const { noun, One, deletion, afterDeletion } = KINDS[kind];
  return {
    create: CommandEndpoint({
      id: `create${kind}`,
      summary: `Create a ${noun}`,
      description: `Its name need not be unique. The answer comes when every read shows the ${noun}.`,
      scope: write,
      body: NamedInput,
      answers: { 201: { body: One, headers: MADE } },
    }),
    change: CommandEndpoint({
      id: `change${kind}`,
      summary: `Rename a ${noun}`,
      description: 'A name that it has already changes nothing.',
      scope: write,
      path: NamedPath,
      headers: IfMatch,
      body: NamedPatch,
      answers: { 200: { body: One, headers: SHOWN } },
      problems: ['stale-version'],
    }),
    delete: CommandEndpoint({
      id: `delete${kind}`,
      summary: deletion,
      description: afterDeletion,
      scope: write,
      path: NamedPath,
      headers: IfMatch,
      answers: { 204: {} },
      problems: ['stale-version'],
    }),
  };
}
