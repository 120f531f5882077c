/** Levels of nested JSON that are looked into, and fields of one entry that are taken. */
const DEEPEST = 8;
const MOST = 64;

const text = new TextDecoder('utf-8', { fatal: true });

/**
 * The numbers in an entry by the JSON pointers of their places (RFC 6901): `/position/x`, `/0`; that of a plain number is empty.
 *
 * @returns nothing where the entry is neither JSON with numbers nor a number
 */
export function findNumbers(data: Uint8Array): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  try {
    collect(JSON.parse(text.decode(data)), '', 0, found);
  } catch {
    // Not UTF-8, or not JSON: an entry without numbers, which is counted as such.
  }
  return found;
}

function collect(value: unknown, pointer: string, depth: number, found: Map<string, number>): void {
  if (found.size >= MOST || depth > DEEPEST) return;
  if (typeof value === 'number') {
    // A number like 1e400 is none that can be drawn.
    if (Number.isFinite(value)) found.set(pointer, value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    collect(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1, found);
    if (found.size >= MOST) return;
  }
}

/** What a place is called before users: `position.x`, `values[0]`; the place of a plain number `value`. */
export function nameOfField(pointer: string): string {
  if (pointer === '') return 'value';
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`), '');
}
