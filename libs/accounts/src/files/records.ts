import { readIfThere, versionOfFile, withFileLock } from '@millrace/files';

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

/** A file `{ "version": 1, "<list>": [...] }` of records, each of which one member names. */
export interface RecordsFileKind<T> {
  /** For messages: `users`. */
  readonly what: string;
  /** Name of the member that holds the records. */
  readonly list: string;
  readonly shape: Shape;
  readonly idOf: (record: T) => string;
  /** @default that of the file */
  readonly order?: (first: T, second: T) => number;
}

const REMEDY = 'restore it from a copy, or remove it';

/** Records in a file that only its owner may read: replaced in one step, and read again only when it has changed. */
export class RecordsFile<T> {
  private version: string | undefined;
  private content: ReadonlyMap<string, T> = new Map();

  constructor(
    readonly path: string,
    private readonly kind: RecordsFileKind<T>,
  ) {}

  /** The records by what names them, as the file has them now. */
  async current(): Promise<ReadonlyMap<string, T>> {
    const version = await versionOfFile(this.path);
    if (version !== this.version) {
      this.content = new Map((await this.read()).map((record) => [this.kind.idOf(record), record]));
      this.version = version;
    }
    return this.content;
  }

  /** @throws Error naming the file and what is wrong in it, without quoting it: it holds hashes */
  async read(): Promise<T[]> {
    const text = await readIfThere(this.path);
    if (text === undefined) return [];
    const records = this.recordsOf(text);
    return this.kind.order ? records.sort(this.kind.order) : records;
  }

  /** Runs one change at a time, over all processes; `replace` writes the records anew. */
  change<Result>(
    work: (records: T[], replace: (records: readonly T[]) => Promise<void>) => Promise<Result>,
  ): Promise<Result> {
    return withFileLock(this.path, async (write) =>
      work(await this.read(), (records) =>
        write(`${JSON.stringify({ version: 1, [this.kind.list]: records }, null, 2)}\n`),
      ),
    );
  }

  /** False when there is no such record. */
  remove(id: string): Promise<boolean> {
    return this.change(async (records, replace) => {
      const rest = records.filter((record) => this.kind.idOf(record) !== id);
      if (rest.length === records.length) return false;
      await replace(rest);
      return true;
    });
  }

  private recordsOf(text: string): T[] {
    const { what, list, shape } = this.kind;
    const file = `The file of ${what}, ${this.path},`;
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      // The parser's message quotes the text.
      throw new Error(`${file} is not JSON; ${REMEDY}`);
    }
    const isList = (value: unknown): boolean => Array.isArray(value);
    const fault = faultOf(content, { version: [(value) => value === 1, '1'], [list]: [isList, 'a list'] });
    if (fault) throw new Error(`${file} is not valid: ${fault}; ${REMEDY}`);
    const records = (content as Record<string, unknown[]>)[list] ?? [];
    for (const [index, record] of records.entries()) {
      const wrong = faultOf(record, shape);
      if (wrong) throw new Error(`${file} is not valid: ${list}[${index}] ${wrong}; ${REMEDY}`);
    }
    return records as T[];
  }
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

export function isTime(value: unknown): boolean {
  return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
}

export function isTimeOrNull(value: unknown): boolean {
  return value === null || isTime(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
