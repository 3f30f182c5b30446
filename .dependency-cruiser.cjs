/** The rooms and their doors (docs/architecture.md). An arrow that is not listed there is an error here. */
const FEATURES = 'registry|search|activities|statistics|stream';
/** The floors of the registry, from the ground up. */
const FLOORS = ['decisions', 'stored', 'fold', 'directory', 'commands', 'http', 'users', 'workspaces'];
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'grammar-imports-nothing',
      comment: 'event-sourcing is the grammar: plain types and functions',
      severity: 'error',
      from: { path: '^libs/event-sourcing/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/event-sourcing/' },
    },
    {
      name: 'decisions-are-pure',
      comment:
        'deciders and their rules import each other and the grammar; no Nest, client, clock or random; of node:crypto a hash',
      severity: 'error',
      from: { path: '^libs/registry/src/decisions/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/registry/src/decisions/', '^libs/event-sourcing/', '^(node:)?crypto$'] },
    },
    ...FLOORS.slice(0, -1).map((floor, index) => ({
      name: `registry-${floor}-on-what-is-below`,
      comment: 'a floor of the registry imports none above it',
      severity: 'error',
      from: { path: `^libs/registry/src/${floor}/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `^libs/registry/src/(${FLOORS.slice(index + 1).join('|')})/|^libs/registry/src/(?!listed)[^/]+$` },
    })),
    {
      name: 'workspaces-see-listed-users-alone',
      severity: 'error',
      from: { path: '^libs/registry/src/workspaces/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/registry/src/users/', pathNot: '^libs/registry/src/users/listed-user\\.ts$' },
    },
    {
      name: 'handlers-know-no-http',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/(users/|workspaces/)?(commands|queries)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/[^/]+/src/(users/|workspaces/)?http/' },
    },
    {
      name: 'through-the-door',
      comment: 'another room is seen through its index.ts alone (#room)',
      severity: 'error',
      from: { path: '^(libs/[^/]+|apps/[^/]+)/', pathNot: '\\.(spec|e2e)\\.ts$' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'nothing-imports-an-app',
      severity: 'error',
      from: { path: '^(libs|apps/([^/]+))/' },
      to: { path: '^apps/', pathNot: '^apps/$2/' },
    },
    {
      name: 'one-home-of-kafkajs',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '^libs/event-log/' },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: `^libs/(?!platform/)` },
    },
    {
      name: 'log-and-engine-know-no-feature',
      severity: 'error',
      from: { path: '^libs/(event-log|projections)/' },
      to: { path: `^libs/(${FEATURES}|importing)/` },
    },
    {
      name: 'search-knows-platform-alone',
      severity: 'error',
      from: { path: '^libs/search/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!search/|platform/)' },
    },
    {
      name: 'registry-knows-no-other-feature',
      comment: 'but the search, whose rows it writes with those of users',
      severity: 'error',
      from: { path: '^libs/registry/' },
      to: { path: '^libs/(activities|statistics|stream|importing)/' },
    },
    {
      name: 'importing-is-a-client',
      comment: 'an import talks to the public HTTP interface like any other client',
      severity: 'error',
      from: { path: '^libs/importing/' },
      to: { path: '^libs/(?!importing/)' },
    },
    {
      name: 'the-client-knows-the-document-alone',
      comment: 'what is published as a package can lean on nothing that stays here',
      severity: 'error',
      from: { path: '^clients/typescript/src/' },
      to: { pathNot: ['^clients/typescript/src/', 'node_modules/openapi-fetch/'] },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: ['\\.spec\\.ts$', '^libs/[^/]+/test/'] },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
