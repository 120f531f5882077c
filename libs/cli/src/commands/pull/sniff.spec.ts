import { sniff } from './sniff.js';

describe('The extension for some bytes', () => {
  it.each([
    ['jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d])],
    ['webp', Buffer.from('RIFF....WEBPVP8 ')],
    ['json', Buffer.from(' {"a": 1}')],
    ['txt', Buffer.from('{"a": ')],
    ['txt', Buffer.from('grüße\n')],
    ['txt', Buffer.alloc(0)],
    ['bin', Buffer.from([0, 1, 2])],
    ['bin', Buffer.from([0xff, 0xfe, 0x41])],
  ])('%s', (extension, bytes) => expect(sniff(bytes)).toBe(extension));
});
