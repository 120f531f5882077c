import { trustedProxies } from './trusted-proxies.js';

describe('Trusted proxies', () => {
  it.each([
    [['loopback'], '127.0.0.1', true],
    [['loopback'], '::1', true],
    [['loopback'], '::ffff:127.0.0.1', true],
    [['loopback'], '10.0.0.1', false],
    [['10.0.0.0/8', '192.168.1.7'], '10.20.30.40', true],
    [['10.0.0.0/8', '192.168.1.7'], '::ffff:192.168.1.7', true],
    [['10.0.0.0/8', '192.168.1.7'], '192.168.1.8', false],
    [['fd00::/8'], 'fd12::1', true],
    [[], '127.0.0.1', false],
  ])('%j and %s: %s', (addresses, address, expected) => {
    expect(trustedProxies(addresses)(address)).toBe(expected);
  });

  it('a text that is no address names the option', () => {
    expect(() => trustedProxies(['example.org'])).toThrow('option "apiKeys.trustProxy" is not valid');
  });
});
