/** Scopes as a person reads them. */
export function sayScopes(scopes: readonly string[]): string {
  return scopes.includes('*') ? 'everything (*)' : scopes.join(' ');
}
