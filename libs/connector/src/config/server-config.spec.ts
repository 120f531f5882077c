import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectorConfigError } from '../errors/connector.error.js';
import { readServerConfig, type ServerConfig, sourceNames } from './server-config.js';

describe('server.config', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'connector-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (text: string, folder = 'serverConfig'): void => {
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, 'server.config'), text);
  };
  const read = (environment: Record<string, string> = {}): ServerConfig => readServerConfig({ directory, environment });
  const minimal = 'targetServer=https://h\nsources=a\n';

  it('connector#36: is looked for in serverConfig, then in the directory itself', () => {
    write('targetServer=http://second\nsources=b', '.');
    expect(read()).toMatchObject({ targetServer: 'http://second', sources: ['b'] });
    write('targetServer=http://first\nsources=a');
    expect(read()).toMatchObject({ targetServer: 'http://first', sources: ['a'] });
  });

  it('connector#36: an empty file wins over the other place', () => {
    write(minimal, '.');
    write('');
    expect(() => read()).toThrow(/targetServer/);
  });

  it('connector#37: authToken of the file, even empty, beats the variable, which serves when the key is absent', () => {
    write(minimal);
    expect(read({ CONNECTOR_AUTH_TOKEN: 'from-environment' }).authToken).toBe('from-environment');
    expect(read({ CONNECTOR_AUTH_TOKEN: '  ' }).authToken).toBeNull();
    expect(read().authToken).toBeNull();
    write(`${minimal}authToken=from==file`);
    expect(read({ CONNECTOR_AUTH_TOKEN: 'from-environment' }).authToken).toBe('from==file');
    write(`${minimal}authToken=`);
    expect(read({ CONNECTOR_AUTH_TOKEN: 'from-environment' }).authToken).toBe('');
  });

  it('connector#38: sources lose spaces, empty entries and duplicates', () => {
    expect(sourceNames(' a, b c ,,a,\td,')).toEqual(['a', 'bc', '\td']);
    write('targetServer=https://h\nsources= x , y,,x\n');
    expect(read().sources).toEqual(['x', 'y']);
  });

  it.each([
    ['', false],
    ['=false', false],
    ['=FALSE', false],
    ['=true', true],
    ['= True ', true],
  ])('connector#39: sendPings%s and failOnConnectionError%s', (written, expected) => {
    write(minimal + (written === '' ? '' : `sendPings${written}\nfailOnConnectionError${written}\n`));
    expect(read()).toMatchObject({ sendPings: expected, failOnConnectionError: expected });
  });

  it.each([
    ['targetServer', 'sources=a'],
    ['targetServer', 'sources=a\ntargetServer='],
    ['sources', 'targetServer=https://h'],
    ['sources', 'targetServer=https://h\nsources= , ,'],
    ['connectKWArgs', `${minimal}connectKWArgs={"max_size":`],
    ['connectKWArgs', `${minimal}connectKWArgs=[1]`],
    ['connectKWArgs', `${minimal}connectKWArgs={"max_size": "big"}`],
    ['tcpProbePort', `${minimal}tcpProbePort=eight`],
    ['sendPings', `${minimal}sendPings=maybe`],
  ])('connector#41: an error names the property %s', (property, text) => {
    write(text);
    expect(() => read()).toThrow(ConnectorConfigError);
    expect(() => read()).toThrow(property);
  });

  it('connector#41: an error names the missing file', () => {
    expect(() => read()).toThrow(/server\.config/);
  });

  it('reads the further options of the WebSocket, the probe port and the fixed secret', () => {
    write(
      `${minimal}tcpProbePort=9000\nreconnectSecret=fixed\n` +
        'connectKWArgs={"max_size": 4194304, "open_timeout": 5, "ping_interval": 1.5, "disableSslVerification": true, "other": 1}',
    );
    expect(read()).toMatchObject({
      tcpProbePort: 9000,
      reconnectSecret: 'fixed',
      connect: {
        maxPayload: 4_194_304,
        handshakeTimeout: 5000,
        pingInterval: 1500,
        disableSslVerification: true,
        unknown: ['other'],
      },
    });
  });
});
