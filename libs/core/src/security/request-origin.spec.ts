import { canonicalOrigin, looksLikeBrowser, type OwnAddress, senderOf } from './request-origin.js';

const plain: OwnAddress = { authority: 'hub.example.org:7890', secure: false };
const standard: OwnAddress = { authority: 'hub.example.org', secure: true };
const bracketed: OwnAddress = { authority: '[::1]:7890', secure: false };
const nameless: OwnAddress = { authority: undefined, secure: false };
const listed = new Set(['https://pages.example.org']);

describe('Who sent a request', () => {
  it.each([
    ['own', 'a page of this server', { 'sec-fetch-site': 'same-origin' }, plain],
    ['own', 'the address bar', { 'sec-fetch-site': 'none' }, plain],
    ['own', 'a form of a page that hides its address', { 'sec-fetch-site': 'same-origin', origin: 'null' }, plain],
    [
      'own',
      'a page behind a proxy that writes another host',
      { 'sec-fetch-site': 'same-origin', origin: 'https://public.example.org' },
      plain,
    ],
    ['foreign', 'another port of the same host', { 'sec-fetch-site': 'same-site' }, plain],
    ['foreign', 'another site', { 'sec-fetch-site': 'cross-site' }, plain],
    [
      'foreign',
      'a page that cannot be ours by the word of the browser',
      { 'sec-fetch-site': 'cross-site', origin: 'http://hub.example.org:7890' },
      plain,
    ],
    ['foreign', 'two words', { 'sec-fetch-site': 'same-origin, cross-site' }, plain],
    ['foreign', 'an unknown word', { 'sec-fetch-site': 'Same-Origin' }, plain],
    ['foreign', 'an empty word', { 'sec-fetch-site': '' }, plain],
    ['listed', 'a listed page', { 'sec-fetch-site': 'cross-site', origin: 'https://pages.example.org' }, plain],
    ['listed', 'a listed page, in another form', { origin: 'HTTPS://PAGES.example.org:443' }, plain],
    ['foreign', 'a listed page without TLS', { origin: 'http://pages.example.org' }, plain],
    ['foreign', 'a page below a listed one', { origin: 'https://x.pages.example.org' }, plain],
    ['foreign', 'a listed page and another', { origin: 'https://pages.example.org, https://evil.example' }, plain],
    ['own', 'the origin of the host', { origin: 'http://hub.example.org:7890' }, plain],
    ['own', 'the same in capitals', { origin: 'http://HUB.example.org:7890' }, plain],
    ['own', 'the origin behind TLS of a proxy nobody declared', { origin: 'https://hub.example.org:7890' }, plain],
    ['own', 'a default port that is said', { origin: 'https://hub.example.org:443' }, standard],
    ['own', 'an address of IPv6', { origin: 'http://[0:0:0:0:0:0:0:1]:7890' }, bracketed],
    ['foreign', 'a page without TLS, of the same host with it', { origin: 'http://hub.example.org' }, standard],
    ['foreign', 'another port', { origin: 'http://hub.example.org:8080' }, plain],
    ['foreign', 'the same host on the default port', { origin: 'http://hub.example.org' }, plain],
    ['foreign', 'another host', { origin: 'https://evil.example' }, plain],
    ['foreign', 'a host that begins as ours', { origin: 'http://hub.example.org:7890.evil.example' }, plain],
    ['foreign', 'a host behind ours', { origin: 'http://hub.example.org:7890@evil.example' }, plain],
    ['foreign', 'a page with an opaque origin', { origin: 'null' }, plain],
    ['foreign', 'an empty origin', { origin: '' }, plain],
    ['foreign', 'another scheme', { origin: 'ftp://hub.example.org:7890' }, plain],
    ['foreign', 'any origin, where no host was asked for', { origin: 'http://hub.example.org:7890' }, nameless],
    [
      'foreign',
      'a host that is no host',
      { origin: 'http://evil.example' },
      { authority: 'x@evil.example', secure: false },
    ],
    ['unsaid', 'a script', {}, plain],
    ['unsaid', 'a link of a page that hides its address', { 'user-agent': 'Mozilla/5.0' }, plain],
    [
      'unsaid',
      'what began at a page of ours, and may have been redirected',
      { referer: 'http://hub.example.org:7890/x' },
      plain,
    ],
    ['unsaid', 'what began at a listed page', { referer: 'https://pages.example.org/' }, plain],
    ['foreign', 'a link of another page', { referer: 'https://evil.example/page' }, plain],
    ['unsaid', 'a text in place of an address', { referer: 'nobody' }, plain],
  ] as const)('%s: %s', (expected, _name, headers, own) => {
    expect(senderOf(headers, own, listed)).toBe(expected);
  });

  it.each([
    ['https://a.example', 'https://a.example'],
    ['HTTPS://A.example:443', 'https://a.example'],
    ['http://a.example:443', 'http://a.example:443'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
    ['https://a.example/', undefined],
    ['https://a.example?x', undefined],
    ['https://user@a.example', undefined],
    ['https://', undefined],
    ['a.example', undefined],
    ['null', undefined],
    ['*', undefined],
  ])('an origin in its one form: %s', (text, expected) => {
    expect(canonicalOrigin(text)).toBe(expected);
  });

  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64)', true],
    ['python-requests/2.32', false],
    [undefined, false],
  ])('a browser by its own account: %s', (agent, expected) => {
    expect(looksLikeBrowser({ 'user-agent': agent })).toBe(expected);
  });
});
