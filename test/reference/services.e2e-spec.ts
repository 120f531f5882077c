import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { startRedis } from '../support/redis.js';
import { dataDirectory, login } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { http1Request } from './support/http1-client.js';

const run = promisify(execFile);
const SCRIPT = join(__dirname, '../../tools/services.mjs');

describe('npm run services', () => {
  it('starts Redis and the application in the background, keeps entries through a restart, and ends only its own', async () => {
    const directory = dataDirectory();
    const { NODE_ENV: _jest, ...inherited } = process.env;
    const environment = {
      ...inherited,
      MILLRACE_DATA_DIR: directory.path,
      REDIS_PORT: String(await freePort()),
      PORT: '0',
      MILLRACE_DEMO: 'off',
    };
    const services = async (...parameters: string[]): Promise<string> =>
      (await run(process.execPath, [SCRIPT, ...parameters], { env: environment, cwd: directory.path })).stdout;
    const start = async (): Promise<string> =>
      /listening on (\S+)/.exec(await services('start', '--daemonize'))?.[1] ?? '';

    const url = await start();
    try {
      const headers = { Authorization: `Bearer ${await login(url)}` };
      const form = new FormData();
      form.append('entries', new Blob(['kept by Redis']), 'entry');
      expect((await fetch(`${url}/data/kept`, { method: 'POST', body: form, headers })).status).toBe(200);
      await expect(services('start', '--daemonize')).rejects.toThrow('running already');
      expect(await services('stop')).toContain('Stopped');
      await expect(fetch(`${url}/ping`)).rejects.toThrow();
      const again = await start();
      expect(await (await fetch(`${again}/data/kept`, { headers })).text()).toBe('kept by Redis');
    } finally {
      await services('stop');
    }
    expect(await services('stop')).toContain('Nothing to stop');
    directory.remove();
  }, 300_000);

  it('npm run full: serves the same behind HTTPS, with a certificate of development', async () => {
    const directory = dataDirectory();
    const { NODE_ENV: _jest, ...inherited } = process.env;
    const environment = {
      ...inherited,
      MILLRACE_DATA_DIR: directory.path,
      REDIS_PORT: String(await freePort()),
      PORT: '0',
      TLS_PORT: '0',
      MILLRACE_DEMO: 'off',
    };
    const services = async (...parameters: string[]): Promise<string> =>
      (await run(process.execPath, [SCRIPT, ...parameters], { env: environment, cwd: directory.path })).stdout;
    const [, url = ''] = /listening on (\S+)/.exec(await services('start', '--https', '--daemonize')) ?? [];
    try {
      expect(url).toMatch(/^https:/);
      const ca = readFileSync(join(directory.path, 'tls/ca.pem'), 'utf8');
      expect(await http1Request(`${url}/ping`, { ca })).toMatchObject({ status: 200, body: Buffer.from('true') });
    } finally {
      await services('stop');
    }
    directory.remove();
  }, 300_000);

  it('refuses a port another Redis has, and leaves no Redis behind when the application cannot start', async () => {
    const directory = dataDirectory();
    const { NODE_ENV: _jest, ...inherited } = process.env;
    const start = (port: number): Promise<unknown> =>
      run(process.execPath, [SCRIPT, 'start', '--daemonize'], {
        env: { ...inherited, MILLRACE_DATA_DIR: directory.path, REDIS_PORT: String(port), PORT: 'many' },
        cwd: directory.path,
      });
    const other = await startRedis();
    await expect(start(other.port)).rejects.toThrow('is taken already');
    await other.stop();
    const port = await freePort();
    await expect(start(port)).rejects.toThrow('the application ended with code 1');
    await waitFor('the end of Redis', () => answers(port).then((yes) => !yes));
    directory.remove();
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
