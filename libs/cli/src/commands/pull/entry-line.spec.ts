import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { readRecording } from '../replay/recording.js';
import { entryLine, type Encoding } from './entry-line.js';

const lineOf = (data: string | Uint8Array, encoding: Encoding): string =>
  entryLine({ stream: 's', id: '1-0', data: Buffer.from(data) }, encoding);

/** The bytes that a replay of some lines pushes. */
async function replayed(lines: readonly string[]): Promise<Buffer[]> {
  const input = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(''));
  const list: Buffer[] = [];
  for await (const { data } of readRecording('-', input)) list.push(Buffer.from(await data()));
  return list;
}

/** Bytes of all kinds: JSON as it is and as others write it, text, and what is neither. */
const bytes = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value, undefined, 2))),
  fc
    .constantFrom(
      ...[
        '',
        '\ufeff{"a":1}',
        '[1e400,-0,1.10]',
        '{"t":1700000000123456789}',
        '{"b":1,"a":2,"b":3}',
        '"\\ud800"',
        '\u2028',
      ],
      ...['"a\u2028b\u2029c\u0085"', '{"a":1}\r\n', ' 1 ', 'a\r\nb', '\r', '\n', '\u0000'],
    )
    .map((text) => Buffer.from(text)),
);

describe('A line of JSON for an entry', () => {
  it.each<Encoding>(['base64', 'utf8', 'json'])(
    'in %s is replayed as the bytes that were recorded',
    async (encoding) => {
      await fc.assert(
        fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), async (list) => {
          const lines = list.map((data) => lineOf(data, encoding));
          for (const line of lines) expect(JSON.parse(line)).toMatchObject({ stream: 's', id: '1-0' });
          expect(await replayed(lines)).toEqual(list.map((data) => Buffer.from(data)));
        }),
        { numRuns: 500 },
      );
    },
  );

  it('holds JSON as it was written, without its white space', () => {
    const head = (size: number): string => `{"stream":"s","id":"1-0","size":${size},"data":`;
    expect(lineOf('{"t":1700000000123456789,"t":1e400}', 'json')).toBe(
      `${head(35)}{"t":1700000000123456789,"t":1e400},"encoding":"json"}`,
    );
    expect(lineOf('[ -0 ]\n', 'json')).toBe(`${head(7)}[-0],"encoding":"json","base64":"WyAtMCBdCg=="}`);
    expect(lineOf('[1e400]', 'utf8')).toBe(`${head(7)}"[1e400]","encoding":"utf8"}`);
  });

  it.each<[Encoding, Uint8Array]>([
    ['utf8', Uint8Array.of(0x61, 0xff)],
    ['utf8', Uint8Array.of(0xed, 0xa0, 0x80)],
    ['json', Uint8Array.of(0x22, 0xff, 0x22)],
    ['json', Buffer.from('NaN')],
    ['json', Buffer.alloc(0)],
  ])('falls back from %s to base64 for %j', (encoding, data) => {
    expect(JSON.parse(lineOf(data, encoding))).toEqual({
      ...{ stream: 's', id: '1-0', size: data.length },
      ...{ data: Buffer.from(data).toString('base64'), encoding: 'base64' },
    });
  });

  it('holds JSON of any depth', async () => {
    const deep = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000));
    expect(await replayed([lineOf(deep, 'json')])).toEqual([deep]);
  });

  it('leaves the data out where they are not wanted', () => {
    expect(lineOf('x', 'none')).toBe('{"stream":"s","id":"1-0","size":1}');
  });
});

describe('A recording of an earlier version', () => {
  it('is replayed as the JSON that stands in its lines', async () => {
    expect(await replayed(['{"stream":"s","id":"1-0","data":{"t": 1e400},"encoding":"json"}'])).toEqual([
      Buffer.from('{"t": 1e400}'),
    ]);
  });
});
