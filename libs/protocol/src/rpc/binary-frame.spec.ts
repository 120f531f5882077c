import fc from 'fast-check';
import { joinBinaryFrame, splitBinaryFrame } from './binary-frame.js';

describe('Binary frames', () => {
  it('give the text and the payload they were made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, payload) => {
        const parts = splitBinaryFrame(joinBinaryFrame(text, payload));
        expect(parts?.text).toBe(text);
        expect(parts?.payload).toEqual(payload);
      }),
    );
  });

  it('keep the class of their bytes, and share memory with the frame', () => {
    const frame = Buffer.from(joinBinaryFrame('{}', new Uint8Array([1, 2])));
    const payload: Buffer | undefined = splitBinaryFrame(frame)?.payload;
    expect(payload).toBeInstanceOf(Buffer);
    expect(payload?.buffer).toBe(frame.buffer);
  });

  it('are refused when they are shorter than their header says, or their text is not UTF-8', () => {
    for (const bytes of [[], [1, 0, 0], [2, 0, 0, 0, 1], [255, 255, 255, 255], [1, 0, 0, 0, 0xff]])
      expect(splitBinaryFrame(new Uint8Array(bytes))).toBeUndefined();
  });
});
