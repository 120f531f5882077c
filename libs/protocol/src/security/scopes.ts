/**
 * Scopes are `area:verb:resource`, for example `streams:read:camera`. A granted scope may be shorter (it covers all
 * below) and may hold `*` for any run of characters (`streams:read:camera*`). The verb `admin` covers every verb of its
 * area, and `*` alone covers everything. The resource is the rest of the text and may itself hold colons.
 */
export function scopeCovers(granted: string, required: string): boolean {
  const have = split(granted);
  const need = split(required);
  return have.every((pattern, index) => {
    if (index === 1 && pattern === 'admin') return true;
    const value = need[index];
    return value === undefined ? pattern === '*' : globMatches(pattern, value);
  });
}

/** Whether any of the granted scopes covers the required one. */
export function hasScope(granted: readonly string[], required: string): boolean {
  return granted.some((scope) => scopeCovers(scope, required));
}

function split(scope: string): string[] {
  const first = scope.indexOf(':');
  if (first < 0) return [scope];
  const second = scope.indexOf(':', first + 1);
  if (second < 0) return [scope.slice(0, first), scope.slice(first + 1)];
  return [scope.slice(0, first), scope.slice(first + 1, second), scope.slice(second + 1)];
}

/** Linear-time match of a pattern whose `*` stands for any run of characters. */
function globMatches(pattern: string, value: string): boolean {
  if (!pattern.includes('*')) return pattern === value;
  const parts = pattern.split('*');
  const head = parts[0] ?? '';
  const tail = parts[parts.length - 1] ?? '';
  if (value.length < head.length + tail.length || !value.startsWith(head) || !value.endsWith(tail)) return false;
  let from = head.length;
  const end = value.length - tail.length;
  for (const part of parts.slice(1, -1)) {
    const at = value.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
