import { ConnectionSecurity } from './connection-security.js';

const request = (proto?: string, socket: object = { remoteAddress: '10.0.0.1' }): object => ({
  socket,
  headers: proto === undefined ? {} : { 'x-forwarded-proto': proto },
});

describe('Whether a connection is secure', () => {
  const security = new ConnectionSecurity();
  security.trustProxies((address) => address === '10.0.0.1');

  it.each([
    ['TLS of this server', request(undefined, { encrypted: true }), true],
    ['TLS of this server, whatever a header says', request('http', { encrypted: true }), true],
    ['no TLS', request(), false],
    ['a trusted proxy that came by TLS', request('https'), true],
    ['a trusted proxy with the name of the socket protocol', request('WSS'), true],
    ['a trusted proxy that came without', request('http'), false],
    ['a chain of proxies', request('https, https'), true],
    ['a chain with a plain hop', request('https, http'), false],
    ['a chain with a plain hop first', request('http,https'), false],
    ['an empty word', request(''), false],
    ['somebody else who says so', request('https', { remoteAddress: '10.0.0.2' }), false],
    ['a peer without an address', request('https', {}), false],
    ["the framework's own request around it", { protocol: 'https', raw: request() }, false],
    ['a wrapped request by TLS', { raw: request(undefined, { encrypted: true }) }, true],
  ])('%s', (_name, given, expected) => {
    expect(security.isSecure(given)).toBe(expected);
  });

  it('by default nobody is trusted', () => {
    expect(new ConnectionSecurity().isSecure(request('https'))).toBe(false);
  });
});

describe('Whose a connection is', () => {
  const security = new ConnectionSecurity();
  security.trustProxies((address) => ['10.0.0.1', '10.0.0.2'].includes(address));
  const from = (remoteAddress: string | undefined, forwarded?: string): object => ({
    socket: { remoteAddress },
    headers: { 'x-forwarded-for': forwarded },
  });

  it.each([
    ['a peer', from('192.0.2.1'), '192.0.2.1'],
    ['a peer that speaks for another', from('192.0.2.1', '192.0.2.2'), '192.0.2.1'],
    ['a trusted proxy with a client', from('10.0.0.1', '192.0.2.2'), '192.0.2.2'],
    ['a chain of trusted proxies', from('10.0.0.1', '192.0.2.2, 10.0.0.2'), '192.0.2.2'],
    ['a client that says it is another', from('10.0.0.1', '192.0.2.3,192.0.2.2'), '192.0.2.2'],
    ['a client that says no address', from('10.0.0.1', '10.0.0.2, nobody, 10.0.0.2'), 'nobody'],
    ['a trusted proxy itself', from('10.0.0.1'), '10.0.0.1'],
    ['nobody known', from(undefined, '192.0.2.2'), undefined],
  ])('%s', (_name, given, expected) => {
    expect(security.addressOf(given)).toBe(expected);
  });
});

describe('Which host was asked for', () => {
  const security = new ConnectionSecurity();
  security.trustProxies((address) => address === '10.0.0.1');
  const asked = (headers: object, remoteAddress: string | undefined = '10.0.0.1'): object => ({
    socket: { remoteAddress },
    headers,
  });
  const forwarded = { host: 'inner', 'x-forwarded-host': 'hub.example.org' };

  it.each([
    ['by HTTP/1.1', asked({ host: 'hub:80' }), 'hub:80'],
    ['by HTTP/2', asked({ ':authority': 'hub', host: 'other' }), 'hub'],
    ['by nobody', asked({}), undefined],
    ['at a trusted proxy', asked(forwarded), 'hub.example.org'],
    ['at the last of several', asked({ 'x-forwarded-host': 'evil.example, hub.example.org' }), 'hub.example.org'],
    ['at its port', asked({ ...forwarded, 'x-forwarded-port': '8443' }), 'hub.example.org:8443'],
    ['at the port it says itself', asked({ 'x-forwarded-host': 'hub:1', 'x-forwarded-port': '2' }), 'hub:1'],
    ['as somebody else says', asked(forwarded, '10.0.0.2'), 'inner'],
    ['as nobody known says', asked(forwarded, ''), 'inner'],
  ])('%s', (_name, given, expected) => {
    expect(security.authorityOf(given)).toBe(expected);
  });
});
