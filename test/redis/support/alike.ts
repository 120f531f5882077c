/** A request that every instance is to answer alike. */
export interface AlikeRow {
  /** What it is, for the name of the test. */
  readonly name: string;
  /** `GET /sources` */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status that is due, so that not all of them fail alike. */
  readonly status: number;
  /** Brings about what the request finds, before each of them; what it gives is a part of the request. */
  readonly prepare?: () => unknown;
  /** What differs by its nature, such as new IDs: it is left out of headers and bodies. */
  readonly hide?: RegExp;
}

/** An answer without what differs between any two: the date, and how the connection goes on. */
export interface AlikeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const OF_THE_MOMENT = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'etag']);

/**
 * Asks several instances for the same, one after the other.
 *
 * @example
 * ```ts
 * it.each(ROWS)('$name', async (row) => expectAlike(row, await answersOf(row, instances)));
 * ```
 */
export async function answersOf(row: AlikeRow, instances: readonly { readonly url: string }[]): Promise<AlikeAnswer[]> {
  const answers: AlikeAnswer[] = [];
  for (const { url } of instances) {
    const prepared = await row.prepare?.();
    const { request, headers, body, hide } = { ...row, ...(isPart(prepared) ? prepared : {}) };
    const [method = '', path = ''] = request.split(' ');
    const shown = (text: string): string => (hide ? text.replace(hide, '') : text);
    const answer = await fetch(`${url}${path}`, { method, headers, body });
    answers.push({
      status: answer.status,
      headers: Object.fromEntries(
        [...answer.headers].filter(([name]) => !OF_THE_MOMENT.has(name)).map(([name, value]) => [name, shown(value)]),
      ),
      body: shown(await answer.text()),
    });
  }
  return answers;
}

function isPart(prepared: unknown): prepared is Partial<AlikeRow> {
  return typeof prepared === 'object' && prepared !== null && ('request' in prepared || 'body' in prepared);
}

/** Looks whether all answers are the same, to the byte, and have the status that is due. */
export function expectAlike({ status }: AlikeRow, [first, ...others]: readonly AlikeAnswer[]): void {
  expect(first).toMatchObject({ status });
  for (const other of others) expect(other).toEqual(first);
}
