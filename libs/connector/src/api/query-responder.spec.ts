import { ConnectorError } from '../errors/connector.error.js';
import { QueryResponder } from './query-responder.js';

describe('QueryResponder', () => {
  let sent: string[];
  let ended: AbortController;
  const make = (maxBytes = 1_000_000): QueryResponder => {
    sent = [];
    ended = new AbortController();
    return new QueryResponder({
      source: 's',
      address: 'address',
      signal: ended.signal,
      maxBytes,
      send: async (text) => void sent.push(text),
      onFinish: () => undefined,
    });
  };
  const messages = () => sent.map((text) => JSON.parse(text) as unknown);

  it('connector#12: responses carry status, address and body; 204 has no body', async () => {
    const responder = make();
    await responder.respond(100, { row: 1 });
    await responder.respond(204, { ignored: true });
    const headers = { 'X-Reply-Address': 'address' };
    expect(messages()).toEqual([
      { status: 100, headers, body: { row: 1 } },
      { status: 204, headers },
    ]);
  });

  it('connector#13: an error has status 400 and a body with the three fields', async () => {
    await make().error({ messageCode: 'a.b', messageTemplate: '{0}', parameters: [1] });
    expect(messages()).toEqual([
      {
        status: 400,
        headers: { 'X-Reply-Address': 'address' },
        body: { messageCode: 'a.b', messageTemplate: '{0}', parameters: [1] },
      },
    ]);
  });

  it.each<[string, (responder: QueryResponder) => Promise<void>]>([
    ['a wrong code', (responder) => responder.respond(201, {})],
    ['an error code', (responder) => responder.respond(400, {})],
    ['a missing body', (responder) => responder.respond(200)],
    ['a null body', (responder) => responder.respond(100, null)],
    ['a body that is no JSON', (responder) => responder.respond(200, { big: 1n })],
    ['a circular body', (responder) => responder.respond(200, circular())],
    ['an error without a code', (responder) => responder.error({ messageTemplate: 't', parameters: [] } as never)],
    ['an error without a template', (responder) => responder.error({ messageCode: 'c', parameters: [] } as never)],
    [
      'an error without parameters',
      (responder) => responder.error({ messageCode: 'c', messageTemplate: 't' } as never),
    ],
    ['no error at all', (responder) => responder.error(undefined as never)],
  ])('connector#14: %s throws, sends nothing, and the query can still be answered', async (_what, call) => {
    const responder = make();
    await expect(call(responder)).rejects.toThrow(ConnectorError);
    expect(sent).toEqual([]);
    await responder.complete({ row: 1 });
    expect(sent).toHaveLength(1);
  });

  it('refuses a second last response, and one after the end of the connection', async () => {
    const responder = make();
    await responder.complete([]);
    await expect(responder.partial({})).rejects.toThrow('last response');
    const other = make();
    ended.abort();
    await expect(other.complete({})).rejects.toThrow('ended');
    expect(sent).toEqual([]);
  });

  it('sends an array above the limit in several partial responses', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ index, text: 'x'.repeat(100) }));
    await make(300).complete(rows);
    const parts = messages() as { status: number; body: unknown[] }[];
    expect(parts.map(({ status }) => status)).toEqual([100, 100, 100, 100, 200]);
    expect(parts.flatMap(({ body }) => body)).toEqual(rows);
  });

  it('counts bytes, not characters, for the limit of one response', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => ({ index, text: 'ひ'.repeat(30) }));
    await make(300).complete(rows);
    const parts = messages() as { status: number; body: unknown[] }[];
    for (const { body } of parts) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(300);
    expect(parts.flatMap(({ body }) => body)).toEqual(rows);
  });
});

function circular(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}
