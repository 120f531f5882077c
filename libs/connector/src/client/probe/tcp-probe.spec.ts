import { connect, createServer } from 'node:net';
import { ConnectorError } from '../../errors/connector.error.js';
import { freePort } from '../../../../../test/support/free-port.js';
import { TCP_PROBE_PORT_DEFAULT, TcpProbe } from './tcp-probe.js';

/** Bytes and end of a TCP connection, or the error's code. */
function visit(port: number): Promise<{ bytes: number } | string> {
  return new Promise((resolve) => {
    let bytes = 0;
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (data) => (bytes += data.length));
    socket.on('close', () => resolve({ bytes }));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNRESET' ? { bytes } : (error.code ?? '')),
    );
  });
}

describe('TCP probe', () => {
  let probe: TcpProbe;
  // A port that nobody is given who asks for any: once it is closed, it must stay so.
  beforeEach(async () => (probe = new TcpProbe({ port: await freePort(), host: '127.0.0.1' })));
  afterEach(() => probe.close());

  it('connector#43: is undefined, then open and true, then closed and false; calls may repeat', async () => {
    expect(probe.isHealthy).toBeUndefined();
    await probe.declareUnhealthy();
    expect(probe.isHealthy).toBe(false);
    await Promise.all([probe.declareHealthy(), probe.declareHealthy()]);
    expect(probe.isHealthy).toBe(true);
    const port = probe.port ?? 0;
    expect(await visit(port)).toEqual({ bytes: 0 });
    await Promise.all([probe.declareUnhealthy(), probe.declareUnhealthy()]);
    expect(probe.isHealthy).toBe(false);
    expect(await visit(port)).toBe('ECONNREFUSED');
    await probe.declareHealthy();
    expect(await visit(probe.port ?? 0)).toEqual({ bytes: 0 });
  });

  it('connector#43: the default port is 8000', () => {
    expect(TCP_PROBE_PORT_DEFAULT).toBe(8000);
  });

  it('connector#44: accepted connections are closed at once, without a byte', async () => {
    await probe.declareHealthy();
    const visits = await Promise.all(Array.from({ length: 20 }, () => visit(probe.port ?? 0)));
    expect(visits).toEqual(Array.from({ length: 20 }, () => ({ bytes: 0 })));
  });

  it('connector#44: a failed bind leaves the state not healthy, and a later call works', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const second = new TcpProbe({ port, host: '127.0.0.1' });
    await expect(second.declareHealthy()).rejects.toThrow(ConnectorError);
    expect(second.isHealthy).toBeUndefined();
    await new Promise((resolve) => other.close(resolve));
    await second.declareHealthy();
    expect(second.isHealthy).toBe(true);
    await second.close();
    expect(second.isHealthy).toBeUndefined();
  });
});
