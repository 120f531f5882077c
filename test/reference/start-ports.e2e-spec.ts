import { chmodSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { dataDirectory } from '../support/reference.js';
import { lastWords, MODES } from './support/last-words.js';

const NOBODY = 65_534;

describe.each(MODES)(
  'A start in %s that cannot listen names the place, the variable and what to do',
  (_mode, production) => {
    const directory = dataDirectory();
    let taken: Server;
    beforeAll(async () => {
      chmodSync(directory.path, 0o777);
      taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => {
      taken.close();
      directory.remove();
    });
    const said = (environment: Record<string, string>, uid?: number): Promise<string> =>
      lastWords(
        directory.path,
        { MILLRACE_STORE: 'memory', MILLRACE_EXPOSE_DEVELOPMENT: 'on', ...environment },
        { production, ...(uid === undefined ? {} : { uid }) },
      );

    // Production makes no certificate, without which there is no such port.
    const variables = ['PORT', 'PLAIN_PORT', ...(production ? [] : ['TLS_PORT'])];
    it.each(variables)('for a %s in use', async (variable) => {
      const { port } = taken.address() as AddressInfo;
      const others: Record<string, string> = variable === 'TLS_PORT' ? { TLS_SELF_SIGNED: 'on' } : {};
      expect(await said({ ...others, [variable]: `${port}` })).toBe(
        `Another process listens on port ${port} of 127.0.0.1. End it, or set ${variable} to another port`,
      );
    });

    it('for one that only root may open', async () => {
      if (process.getuid?.() !== 0) throw new Error('This test gives up its rights: run it as root');
      expect(await said({ PORT: '80', MILLRACE_DATA_DIR: join(directory.path, 'nobody') }, NOBODY)).toBe(
        'This process may not listen on port 80 of 127.0.0.1. Set PORT to a port above 1023, or give the process the right',
      );
    });

    it('for an address of another machine', async () => {
      expect(await said({ HOST: '192.0.2.1', PORT: '7890' })).toBe(
        'HOST: 192.0.2.1 is not an address of this machine, so port 7890 cannot be opened there. Set HOST to one that is, or to 0.0.0.0 for all',
      );
    });

    it('for a name that nobody knows', async () => {
      expect(await said({ HOST: 'no-such-host.invalid' })).toBe(
        'HOST: The name no-such-host.invalid is not known, so nothing can listen there. Set HOST to an address of this machine, or to 0.0.0.0 for all',
      );
    });
  },
);
