const PLACEHOLDER = /\{([^{}]+)\}/;

/**
 * Fills a scope template from route parameters. A parameter that joins several names by `+` makes a scope of each. A
 * parameter that is missing leaves the shorter scope, which covers more and so asks for more.
 *
 * @param template for example `streams:read:{id}`
 * @param filled what stands before it: a name from outside must not be taken for a template
 */
export function fillScope(template: string, params: Readonly<Record<string, unknown>>, filled = ''): string[] {
  const match = PLACEHOLDER.exec(template);
  if (!match?.[1]) return [filled + template];
  const value = params[match[1]];
  const before = filled + template.slice(0, match.index);
  if (typeof value !== 'string' || value === '') return [before.replace(/:[^:]*$/, '')];
  const after = template.slice(match.index + match[0].length);
  return value.split('+').flatMap((name) => fillScope(after, params, before + name));
}
