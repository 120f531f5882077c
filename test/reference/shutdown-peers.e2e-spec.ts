import { connect } from 'node:net';
import { dataDirectory, failingReference, login, startReference } from '../support/reference.js';
import { startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

describe('SIGTERM', () => {
  const directory = dataDirectory();
  afterAll(() => directory.remove());

  it('ends the application with 0 while Redis stands still, though published connections cannot be retracted', async () => {
    const redis = await startRedis();
    const running = await startReference(directory.path, { REDIS_URL: redis.url, MILLRACE_DEMO: 'on' });
    const found = async (): Promise<string> => {
      const body = JSON.stringify({ uid_regex: 'methods', data_type: 'JSON-RPC' });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${running.url}/getconnection/demo`, { method: 'POST', headers, body })).text();
    };
    await waitFor('what the demo publishes', async () => (await found()).includes('methods'));
    redis.signal('SIGSTOP');
    expect(await running.stop()).toBe(0);
    // In words of its own, or among those that were cut at the deadline.
    expect(running.output()).toContain('publisher of connections');
    redis.signal('SIGCONT');
    await redis.stop();
  });

  it('a second time changes nothing: calls go on, and the application ends with 0', async () => {
    const running = await startReference(directory.path, { MILLRACE_STORE: 'memory' });
    const headers = { authorization: `Bearer ${await login(running.url)}` };
    const idle = await SocketClient.open(`${running.wsUrl}/rpc`, { headers });
    // Its body never comes: it is what the shutdown waits for.
    const { port } = new URL(running.url);
    const half = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    half.write(
      `POST /rpc HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers.authorization}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n',
    );
    await new Promise((resolve) => half.once('data', resolve));
    const stopped = running.stop();
    expect((await idle.closed).code).toBe(1012);
    void running.stop('SIGTERM');
    void running.stop('SIGINT');
    expect(await stopped).toBe(0);
    expect(running.output()).toContain('Cut requests that took too long: 1');
    half.destroy();
  });

  it('while a start waits for Redis ends it at once', async () => {
    const redis = await startRedis();
    redis.signal('SIGSTOP');
    const environment = { REDIS_URL: redis.url, REDIS_START_TIMEOUT: '1h' };
    const { code, output } = await failingReference(directory.path, environment, {
      during: async (child, printed) => {
        await waitFor('the beginning of the start', () => printed().includes('Starting Nest application'));
        child.kill('SIGTERM');
      },
    });
    expect(code).toBe(0);
    expect(output).not.toContain('REDIS_URL');
    redis.signal('SIGCONT');
    await redis.stop();
  });
});
