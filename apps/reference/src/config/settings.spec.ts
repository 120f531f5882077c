import { readSettings } from './settings.js';

const PRODUCTION = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40) };

describe('Settings of the ports', () => {
  it('are off by default', () => {
    expect(readSettings({})).toMatchObject({ tls: undefined, plainPort: undefined, requireApiKey: false });
  });

  it('take 4411 for a certificate of one’s own, and for one of development', () => {
    expect(readSettings({ TLS_CERT: 'c', TLS_KEY: 'k' }).tls).toEqual({
      port: 4411,
      certificate: { cert: 'c', key: 'k' },
    });
    expect(readSettings({ TLS_SELF_SIGNED: 'on', TLS_PORT: '0' }).tls).toEqual({ port: 0 });
    expect(readSettings({ ...PRODUCTION, TLS_CERT: 'c', TLS_KEY: 'k', TLS_PORT: '443' }).tls?.port).toBe(443);
  });

  it('read a list of addresses', () => {
    const { proxyEndpoints } = readSettings({ MILLRACE_PROXY_ENDPOINTS: 'a.example:4411, [::1]:4410' });
    expect(proxyEndpoints).toEqual(['a.example:4411', '[::1]:4410']);
  });

  it.each([
    ['a certificate without a key', { TLS_CERT: 'cert' }, 'TLS_KEY is needed'],
    ['a key without a certificate', { TLS_KEY: 'key' }, 'TLS_CERT is needed'],
    ['a port that is none', { PLAIN_PORT: 'many' }, 'PLAIN_PORT'],
    ['a port out of range', { TLS_PORT: '65536' }, 'TLS_PORT'],
    ['an address without a port', { MILLRACE_PROXY_ENDPOINTS: 'a:1, b' }, '"b" is not of the form host:port'],
    ['a certificate of development in production', { ...PRODUCTION, TLS_SELF_SIGNED: 'on' }, 'TLS_SELF_SIGNED'],
  ])('refuse %s and name the variable', (_what, environment, text) => {
    expect(() => readSettings(environment)).toThrow(text);
  });
});
