import { hostname } from 'node:os';
import { isKnownHost, isLoopback } from './host-names.js';

const NAMES = ['hub.example.org', '*.lab.example.org'];

describe('Names a server answers for', () => {
  it.each([
    'localhost',
    'localhost:7890',
    'LOCALHOST:7890',
    'localhost.:7890',
    'app.localhost',
    'registry:80',
    hostname(),
    '127.0.0.1:7890',
    '127.8.9.1',
    '192.168.1.5:80',
    '[::1]:7890',
    '[fe80::1]',
    'hub.example.org',
    'Hub.Example.org.:7890',
    'a.lab.example.org',
    '',
  ])('%s', (authority) => {
    expect(isKnownHost(authority, NAMES)).toBe(true);
  });

  it.each([
    'evil.example',
    'evil.example:7890',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'hub.example.org.evil.example',
    'x.hub.example.org',
    'lab.example.org',
    'xlab.example.org',
    'evil.example:80:80',
    'hub.example.org@evil.example',
    '[evil.example]',
    '[::1].evil.example',
  ])('and not %s', (authority) => {
    expect(isKnownHost(authority, NAMES)).toBe(false);
  });

  it('or all of them', () => {
    expect(isKnownHost('evil.example', ['*'])).toBe(true);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['localhost', false],
    [undefined, false],
  ])('of this machine alone: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
