import { execFile } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { MillraceWsAdapter } from '@millrace/core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { type Certificate, makeCertificate } from '../support/certificate.js';
import { startPlayground } from './support/applications.js';

const SCRIPT = join(__dirname, 'python', 'check_server.py');
const run = promisify(execFile);

/** The Python that has the `websockets` package; another one first in the path may lack it. */
const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

async function check(...args: string[]): Promise<string[]> {
  const { stdout } = await run(PYTHON, ['-B', SCRIPT, ...args]);
  return stdout.trim().split('\n');
}

const ALL = ['check_introspection', 'check_progress', 'check_cancel', 'check_binary', 'check_errors', 'check_pipeline'];

describe('A Python client written from the protocol', () => {
  it.each(HTTP_ADAPTERS)('gets correct answers on %s', async (adapter) => {
    const running = await startPlayground({ paths: ['/', '/rpc'] }, { adapter });
    expect(await check(running.wsUrl.replace('ws://', ''))).toEqual([...ALL, 'all good']);
    await running.close();
  });

  it('gets them over TLS as well, with a certificate that is its own authority', async () => {
    const certificate: Certificate = makeCertificate();
    const server = createServer(certificate);
    const attach = (app: INestApplication): void => {
      const sockets = new MillraceWsAdapter(app);
      app.useWebSocketAdapter(sockets);
      sockets.attach(server);
    };
    const running = await startPlayground({ paths: ['/'] }, { sockets: false, prepare: attach });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await check(`localhost:${port}`, join(certificate.directory, 'cert.pem'))).toEqual([...ALL, 'all good']);
    await running.close();
    server.close();
    certificate.remove();
  });
});
