const v = '"jsonrpc":"2.0"';

/** Messages to begin with: good ones, and bad ones of each kind. */
const CORPUS = [
  `{${v},"id":1,"method":"subtract","params":{"minuend":42,"subtrahend":23}}`,
  `{${v},"id":"a","method":"sum","params":[1,2,4]}`,
  `{${v},"id":0,"method":"echo","params":{"a":[true,null,{"b":"\\u00e9\\ud83d\\ude00"}]}}`,
  `{${v},"id":12345678901234567890,"method":"schema","params":{"endpoint":"move"}}`,
  `{${v},"id":5,"method":"cancel","params":{"id":5}}`,
  `{${v},"method":"nothing"}`,
  `{${v},"id":6,"method":"move","params":{"name":"x","camera":{"position":[1,2,3],"zoom":1.5},"mode":"fine"}}`,
  `[{${v},"id":1,"method":"sum","params":[1]},{${v},"method":"update","params":[1]},1,{"foo":"boo"}]`,
  `{${v},"id":7,"method":"odd","params":{"kind":"cycle"}}`,
  `{${v},"id":8,"method":"registry"}`,
  '[]',
  'null',
];
const TOKENS = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '\\u0000', '\\ud800', 'null', 'true', '-', '0', '1e400', '1e-400', '-0'],
  ...[
    '99999999999999999999',
    '"id":',
    '"jsonrpc":"2.0"',
    '"method":"echo"',
    '"params":',
    '"__proto__":',
    '"constructor"',
  ],
  ...[
    '"error":null',
    '"result":1',
    '\u0000',
    '\ufeff',
    '\u2028',
    '😀',
    ' ',
    '\n',
    '"cancel"',
    '[[[[[[[[',
    '{"a":{"a":',
  ],
];

/** Makes damaged messages, the same ones for the same seed. */
export class Mutator {
  constructor(private state: number) {}

  text(): string {
    let text = this.pick(CORPUS);
    for (let count = this.below(4); count >= 0; count -= 1) text = this.damage(text);
    return text;
  }

  /** A binary frame whose header, text or payload is damaged. */
  frame(): Buffer {
    const text = Buffer.from(this.below(2) ? this.text() : this.pick(CORPUS));
    const frame = Buffer.concat([Buffer.alloc(4), text, Buffer.alloc(this.below(20), 7)]);
    frame.writeUInt32LE(this.below(4) ? text.length : this.below(300), 0);
    for (let count = this.below(3); count > 0; count -= 1) frame[this.below(frame.length)] = this.below(256);
    return frame.subarray(0, this.below(10) ? frame.length : this.below(frame.length));
  }

  /** A whole number from 0 to one less than the limit. */
  below(limit: number): number {
    // A linear congruential generator: plain, and the same everywhere.
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  private damage(text: string): string {
    const at = this.below(text.length + 1);
    const to = at + this.below(12);
    switch (this.below(6)) {
      case 0:
        return text.slice(0, at) + text.slice(to);
      case 1:
        return text.slice(0, at) + this.pick(TOKENS) + text.slice(at);
      case 2:
        return text.slice(0, at) + this.pick(TOKENS) + text.slice(to);
      case 3:
        return text.slice(0, to) + text.slice(at);
      case 4:
        return text.slice(0, at) + this.pick(CORPUS).slice(at);
      default:
        return text.slice(0, at) + String.fromCharCode(32 + this.below(95)) + text.slice(at + 1);
    }
  }

  private pick(list: readonly string[]): string {
    return list[this.below(list.length)] ?? '';
  }
}
