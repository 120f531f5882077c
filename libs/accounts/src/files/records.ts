/** What the members of a record must be: a check, and what the message says. */
export type Shape = Readonly<Record<string, readonly [check: (value: unknown) => boolean, mustBe: string]>>;

/** What is wrong with a record; undefined when it has exactly the members of the shape. No value is quoted. */
export function faultOf(value: unknown, shape: Shape): string | undefined {
  if (!isRecord(value)) return 'must be an object';
  for (const [name, [check, mustBe]] of Object.entries(shape)) {
    if (!Object.hasOwn(value, name)) return `has no "${name}"`;
    if (!check(value[name])) return `"${name}" must be ${mustBe}`;
  }
  return Object.keys(value).every((name) => Object.hasOwn(shape, name)) ? undefined : 'has a member that is not known';
}

/**
 * The records of a file `{ "version": 1, "<list>": [...] }`.
 *
 * @throws Error naming the file and what is wrong in it, without quoting it: it holds hashes
 */
export function readRecords<T>(text: string, { path, what, list, shape }: RecordFile): T[] {
  const file = `The file of ${what}, ${path},`;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new Error(`${file} is not JSON; restore it from a copy, or remove it`);
  }
  const isList = (value: unknown): boolean => Array.isArray(value);
  const fault = faultOf(content, { version: [(value) => value === 1, '1'], [list]: [isList, 'a list'] });
  if (fault) throw new Error(`${file} is not valid: ${fault}`);
  const records = (content as Record<string, unknown[]>)[list] ?? [];
  for (const [index, record] of records.entries()) {
    const wrong = faultOf(record, shape);
    if (wrong) throw new Error(`${file} is not valid: ${list}[${index}] ${wrong}`);
  }
  return records as T[];
}

export interface RecordFile {
  readonly path: string;
  /** For messages: `users`. */
  readonly what: string;
  /** Name of the member that holds the records. */
  readonly list: string;
  readonly shape: Shape;
}

/** The text of such a file. */
export function writeRecords(list: string, records: readonly unknown[]): string {
  return `${JSON.stringify({ version: 1, [list]: records }, null, 2)}\n`;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
