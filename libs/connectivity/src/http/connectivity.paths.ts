/** `/a/b` of `a/b/`, and the empty text of `/`. */
export function normalizePrefix(prefix: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}

/** Whether the body of a request is read by this module. */
export function bodyClaim(prefix: string): (method: string, path: string) => boolean {
  const paths = new Set(['/publish', '/retract', '/retract-partition'].map((path) => prefix + path));
  const lookup = `${prefix}/getconnection/`;
  return (_method, path) => path.startsWith(lookup) || paths.has(path);
}
