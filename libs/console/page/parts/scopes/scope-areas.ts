/** What can be allowed within one area: the second part of a scope. */
export interface ScopeVerb {
  readonly verb: string;
  /** What it lets somebody do, before the name of what it is done with: "Read" the stream "camera". */
  readonly does: string;
}

/** One area of the server: the first part of a scope. */
export interface ScopeArea {
  readonly area: string;
  readonly name: string;
  readonly verbs: readonly ScopeVerb[];
  /** What its scopes may be about, one and several; undefined where it is always the whole. */
  readonly resource?: { readonly one: string; readonly several: string };
}

/** The areas of the Millrace modules. An application may have areas of its own, which are written as text. */
export const SCOPE_AREAS: readonly ScopeArea[] = [
  {
    area: 'streams',
    name: 'Streams',
    resource: { one: 'stream', several: 'streams' },
    verbs: [
      { verb: 'read', does: 'Read and describe' },
      { verb: 'write', does: 'Push to, and set metadata and groups of,' },
      { verb: 'delete', does: 'Delete, with their groups,' },
      { verb: 'admin', does: 'Read, write and delete' },
    ],
  },
  {
    area: 'connectivity',
    name: 'Registry',
    resource: { one: 'partition', several: 'partitions' },
    verbs: [
      { verb: 'read', does: 'Look up and watch connections in' },
      { verb: 'write', does: 'Publish and retract connections in' },
      { verb: 'admin', does: 'Read, write and reset' },
    ],
  },
  {
    area: 'sources',
    name: 'Sources',
    resource: { one: 'source', several: 'sources' },
    verbs: [
      { verb: 'read', does: 'See' },
      { verb: 'publish', does: 'Publish to' },
      { verb: 'query', does: 'Query' },
      { verb: 'admin', does: 'See, use and configure' },
    ],
  },
  {
    area: 'rpc',
    name: 'Methods',
    resource: { one: 'method', several: 'methods' },
    verbs: [{ verb: 'call', does: 'Call' }],
  },
  { area: 'statistics', name: 'Statistics', verbs: [{ verb: 'read', does: 'Read the statistics of the server' }] },
  { area: 'metrics', name: 'Metrics', verbs: [{ verb: 'read', does: 'Read the metrics for Prometheus' }] },
  {
    area: 'jobs',
    name: 'Jobs',
    verbs: [{ verb: 'admin', does: 'See, retry, change and remove the jobs of all queues' }],
  },
  { area: 'keys', name: 'API keys', verbs: [{ verb: 'admin', does: 'Make, list and revoke API keys' }] },
  {
    area: 'users',
    name: 'Users',
    verbs: [{ verb: 'admin', does: 'Add, change and remove users, and revoke their tokens' }],
  },
];
