import { ConnectorConfigError } from '../errors/connector.error.js';
import { websocketUrl } from './target-url.js';

describe('connector#1: the WebSocket URL of a targetServer', () => {
  it.each([
    ['http://h:8080', 'ws://h:8080/api/v1/wsock/websocket'],
    ['http://h:8080/', 'ws://h:8080/api/v1/wsock/websocket'],
    ['https://h', 'wss://h/api/v1/wsock/websocket'],
    ['https://h/', 'wss://h/api/v1/wsock/websocket'],
    ['ws://h', 'ws://h/api/v1/wsock/websocket'],
    ['wss://h/', 'wss://h/api/v1/wsock/websocket'],
    ['http://h/api/v47/wsock/websocket', 'ws://h/api/v47/wsock/websocket'],
    ['https://h/pre/api/v2/wsock/websocket', 'wss://h/pre/api/v2/wsock/websocket'],
    ['http://h/api/v/wsock/websocket', 'ws://h/api/v1/wsock/websocket'],
    ['http://h/some/path', 'ws://h/api/v1/wsock/websocket'],
    ['HTTPS://h', 'wss://h/api/v1/wsock/websocket'],
    ['h:8080', 'wss://h:8080/api/v1/wsock/websocket'],
    ['h', 'wss://h/api/v1/wsock/websocket'],
    ['http://h/api/v1/wsock/websocket/', 'ws://h/api/v1/wsock/websocket'],
    ['http://[::1]:80/', 'ws://[::1]/api/v1/wsock/websocket'],
  ])('%s becomes %s', (targetServer, url) => {
    expect(websocketUrl(targetServer)).toBe(url);
  });
});

it.each([
  ['https://h/pre/api/v2/wsock/websocket?a=b&c=%20d', 'wss://h/pre/api/v2/wsock/websocket?a=b&c=%20d'],
  ['https://h/?a=b', 'wss://h/api/v1/wsock/websocket?a=b'],
  ['http://user:pass@h:1/x', 'ws://user:pass@h:1/api/v1/wsock/websocket'],
])('connector#2: query, prefix and credentials of %s survive', (targetServer, url) => {
  expect(websocketUrl(targetServer)).toBe(url);
});

it.each(['ftp://h', 'http://', '', 'http://a b', 'https://user:hunter2@h:99999'])(
  'names the property, and quotes nothing, when %j is no URL',
  (targetServer) => {
    expect(() => websocketUrl(targetServer)).toThrow(ConnectorConfigError);
    expect(() => websocketUrl(targetServer)).toThrow(/^targetServer/);
    expect(() => websocketUrl(targetServer)).not.toThrow(/hunter2/);
  },
);
