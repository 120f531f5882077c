import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { MillraceWsAdapter } from '@millrace/core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { CertificateMaker } from '../support/certificates.js';
import { runPython } from '../support/python.js';
import { startPlayground } from './support/applications.js';

const SCRIPT = join(__dirname, 'python', 'check_server.py');
async function check(...args: string[]): Promise<string[]> {
  return (await runPython(SCRIPT, ...args)).split('\n');
}

const ALL = ['check_introspection', 'check_progress', 'check_cancel', 'check_binary', 'check_errors', 'check_pipeline'];

describe('A Python client written from the protocol', () => {
  it.each(HTTP_ADAPTERS)('gets correct answers on %s', async (adapter) => {
    const running = await startPlayground({ paths: ['/', '/rpc'] }, { adapter });
    expect(await check(running.wsUrl.replace('ws://', ''))).toEqual([...ALL, 'all good']);
    await running.close();
  });

  it('gets them over TLS as well, with a certificate that is its own authority', async () => {
    const certificates = await CertificateMaker.create();
    const { key, cert, certFile } = await certificates.make();
    const server = createServer({ key, cert });
    const attach = (app: INestApplication): void => {
      const sockets = new MillraceWsAdapter(app);
      app.useWebSocketAdapter(sockets);
      sockets.attach(server);
    };
    const running = await startPlayground({ paths: ['/'] }, { sockets: false, prepare: attach });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await check(`localhost:${port}`, certFile)).toEqual([...ALL, 'all good']);
    await running.close();
    server.close();
    await certificates.remove();
  });
});
