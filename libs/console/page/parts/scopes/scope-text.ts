import { SCOPE_AREAS, type ScopeArea } from './scope-areas.js';

/** Characters of a scope in a list of scopes that spaces separate (RFC 6749 section 3.3). */
const GRANTABLE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Joins the parts of a scope; parts at the end that stand for everything are left out. */
export function scopeOf(area: string, verb: string, resource: string): string {
  if (area === '*') return '*';
  const name = resource.trim();
  return name === '' || name === '*' ? `${area}:${verb}` : `${area}:${verb}:${name}`;
}

/** What is wrong with a scope; undefined when it can be granted. */
export function scopeFault(scope: string): string | undefined {
  if (GRANTABLE.test(scope)) return undefined;
  return `“${scope}” has letters that a scope cannot have: it is ASCII without spaces, quotes and backslashes`;
}

/** What a scope allows, in words. */
export function explainScope(scope: string): string {
  if (scope === '*') return 'Everything';
  const [area = '', verb, ...rest] = scope.split(':');
  const known = SCOPE_AREAS.find((one) => one.area === area);
  if (!known) return `What the application calls “${scope}”`;
  if (verb === undefined || verb === '*') return everythingOf(known, rest);
  const does = known.verbs.find((one) => one.verb === verb)?.does;
  if (does === undefined) return `What the application calls “${scope}”`;
  return known.resource ? `${does} ${resourceText(known, rest)}` : does;
}

function everythingOf(known: ScopeArea, rest: readonly string[]): string {
  if (!known.resource) return known.verbs.map(({ does }) => does).join('; ');
  return `Do everything with ${resourceText(known, rest)}`;
}

function resourceText({ resource }: ScopeArea, rest: readonly string[]): string {
  const { one, several } = resource!;
  const pattern = rest.join(':');
  if (pattern === '' || pattern === '*') return `all ${several}`;
  const star = pattern.indexOf('*');
  if (star < 0) return `the ${one} “${pattern}”`;
  if (star === pattern.length - 1) return `${several} whose names begin with “${pattern.slice(0, -1)}”`;
  if (star === 0 && pattern.lastIndexOf('*') === 0) return `${several} whose names end with “${pattern.slice(1)}”`;
  return `${several} whose names are like “${pattern}”, where * is any text`;
}
