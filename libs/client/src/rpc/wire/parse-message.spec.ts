import fc from 'fast-check';
import { joinBinaryFrame } from '@millrace/protocol';
import { parseBinary, parseText, readBinaryFrame } from './parse-message.js';

const KINDS = ['reply', 'error', 'progress', 'notification', 'invalid'];
const message = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.boolean(), fc.array(fc.integer())),
    result: fc.jsonValue(),
    error: fc.oneof(fc.jsonValue(), fc.record({ code: fc.integer(), message: fc.string() })),
    method: fc.oneof(fc.string(), fc.integer()),
    params: fc.oneof(fc.jsonValue(), fc.record({ id: fc.integer(), operation: fc.string(), amount: fc.double() })),
  },
  { requiredKeys: [] },
);

it('rpc#C13: any text is sorted, never thrown at', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    message.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const sorted = parseText(text);
      for (const one of Array.isArray(sorted) ? sorted : [sorted]) expect(KINDS).toContain(one.kind);
    }),
  );
});

it('rpc#C13: any bytes are sorted, never thrown at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(['reply', 'invalid']).toContain(parseBinary(bytes).kind);
    }),
  );
});

it('rpc#C7: a binary frame is taken apart as it was joined', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, payload) => {
      const parts = readBinaryFrame(joinBinaryFrame(text, payload));
      expect(parts?.text).toBe(text);
      expect([...(parts?.payload ?? [])]).toEqual([...payload]);
    }),
  );
});

it('rpc#C7: a payload does not keep a much larger receive buffer alive', () => {
  const frame = joinBinaryFrame('{}', new Uint8Array([1, 2]));
  const received = new Uint8Array(65_536);
  received.set(frame, 100);
  const payload = readBinaryFrame(received.subarray(100, 100 + frame.length))?.payload;
  expect(payload?.buffer.byteLength).toBe(2);
});

it('an error reply beats a result, and a missing id is null', () => {
  expect(parseText('{"error":{"code":1,"message":"x"},"result":1}')).toEqual({
    kind: 'error',
    id: null,
    code: 1,
    message: 'x',
    data: undefined,
  });
});
