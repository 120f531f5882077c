/** What decides about routes, and so has to be known before the options of `forRootAsync` are. */
export interface ConnectivityPaths {
  /** Put before every path, for example `'registry'`. The DUNE clients need the root. @default '' */
  prefix?: string;
  /** Serve the front page at `/`. A host that wants its own says false. @default true */
  frontPage?: boolean;
}

const BODIES = ['/publish', '/retract', '/retract-partition'] as const;

/** `/a/b` of `a/b/`, and the empty text of `/`. */
export function normalizePrefix(prefix: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}

/** Whether the body of a request is read by this module. */
export function bodyClaim(prefix: string): (method: string, path: string) => boolean {
  const paths = new Set(BODIES.map((path) => `${prefix}${path}`));
  const lookup = `${prefix}/getconnection/`;
  return (_method, path) => path.startsWith(lookup) || paths.has(path);
}
