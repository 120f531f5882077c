import { networkOf } from './network-of.js';
import { PlacesByAddress } from './places-by-address.js';

describe('Places by address', () => {
  it('are limited for each address, and given back once', () => {
    const places = new PlacesByAddress(2);
    const [first, second] = [places.take('192.0.2.1'), places.take('192.0.2.1')];
    expect([first, second]).toEqual([expect.any(Function), expect.any(Function)]);
    expect(places.take('192.0.2.1')).toBeUndefined();
    expect(places.take('192.0.2.2')).toBeDefined();
    first?.();
    first?.();
    expect(places.take('192.0.2.1')).toBeDefined();
    expect(places.take('192.0.2.1')).toBeUndefined();
  });

  it('are not limited for peers without an address', () => {
    const places = new PlacesByAddress(1);
    const held = Array.from({ length: 10 }, () => places.take(undefined));
    expect(held).not.toContain(undefined);
    for (const release of held) release?.();
  });

  it('leave nothing behind, however many addresses come and go', () => {
    const places = new PlacesByAddress(3);
    for (let n = 0; n < 10_000; n += 1) {
      const held = Array.from({ length: 4 }, () => places.take(`10.0.${n >> 8}.${n & 255}`));
      expect(held.filter(Boolean)).toHaveLength(3);
      for (const release of held) release?.();
    }
    expect((places as unknown as { taken: Map<string, number> }).taken.size).toBe(0);
  });
});

describe('Whom an address stands for', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::7', '2001:db8:1:2'],
    ['2001:db8::7', '2001:db8:0:0'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['nobody', 'nobody'],
    ['', ''],
  ])('%s: %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
