/** Whether a parsed value is nested deeper than a limit. The recursion ends at the limit. */
export function nestedDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit <= 0) return true;
  if (Array.isArray(value)) {
    for (const entry of value) {
      if (typeof entry === 'object' && nestedDeeperThan(entry, limit - 1)) return true;
    }
    return false;
  }
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && nestedDeeperThan(member, limit - 1)) return true;
  }
  return false;
}
