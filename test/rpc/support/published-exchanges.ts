const v = { jsonrpc: '2.0' };
const error = (code: number, message: string, id: unknown = null) => ({
  ...v,
  error: expect.objectContaining({ code, message }) as unknown,
  id,
});
const invalid = error(-32600, 'Invalid Request');
const parse = error(-32700, 'Parse error');

export interface Exchange {
  readonly number: number;
  readonly request: string;
  /** Undefined when nothing is answered. An array may come in any order. */
  readonly response: unknown;
}

const exchange = (number: number, request: unknown, response?: unknown): Exchange => ({
  number,
  request: typeof request === 'string' ? request : JSON.stringify(request),
  response,
});

/** The exchanges that the JSON-RPC 2.0 specification publishes (rpc§12.2). */
export const PUBLISHED_EXCHANGES: readonly Exchange[] = [
  exchange(1, { ...v, method: 'subtract', params: [42, 23], id: 1 }, { ...v, result: 19, id: 1 }),
  exchange(2, { ...v, method: 'subtract', params: [23, 42], id: 2 }, { ...v, result: -19, id: 2 }),
  exchange(
    3,
    { ...v, method: 'subtract', params: { subtrahend: 23, minuend: 42 }, id: 3 },
    { ...v, result: 19, id: 3 },
  ),
  exchange(
    4,
    { ...v, method: 'subtract', params: { minuend: 42, subtrahend: 23 }, id: 4 },
    { ...v, result: 19, id: 4 },
  ),
  exchange(5, { ...v, method: 'update', params: [1, 2, 3, 4, 5] }),
  exchange(6, { ...v, method: 'foobar' }),
  exchange(7, { ...v, method: 'foobar', id: '1' }, error(-32601, 'Method not found', '1')),
  exchange(8, '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', parse),
  exchange(9, { ...v, method: 1, params: 'bar' }, invalid),
  exchange(
    10,
    '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]',
    parse,
  ),
  exchange(11, [], invalid),
  exchange(12, [1], [invalid]),
  exchange(13, [1, 2, 3], [invalid, invalid, invalid]),
  exchange(
    14,
    [
      { ...v, method: 'sum', params: [1, 2, 4], id: '1' },
      { ...v, method: 'notify_hello', params: [7] },
      { ...v, method: 'subtract', params: [42, 23], id: '2' },
      { foo: 'boo' },
      { ...v, method: 'foo.get', params: { name: 'myself' }, id: '5' },
      { ...v, method: 'get_data', id: '9' },
    ],
    [
      { ...v, result: 7, id: '1' },
      { ...v, result: 19, id: '2' },
      invalid,
      error(-32601, 'Method not found', '5'),
      { ...v, result: ['hello', 5], id: '9' },
    ],
  ),
  exchange(15, [
    { ...v, method: 'notify_sum', params: [1, 2, 4] },
    { ...v, method: 'notify_hello', params: [7] },
  ]),
];

/** Compares an answer with what an exchange asks for; a batch's answers may come in any order. */
export function expectAnswer(actual: unknown, { response }: Exchange): void {
  if (!Array.isArray(response)) {
    expect(actual).toEqual(response);
    return;
  }
  expect(actual).toHaveLength(response.length);
  for (const part of response) expect(actual).toContainEqual(part);
}
