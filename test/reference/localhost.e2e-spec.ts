import { connect } from 'node:net';
import { dataDirectory, startReference } from '../support/reference.js';

/** Not every machine knows `localhost` by both of its addresses. */
const BOTH = `
import dns from 'node:dns';
const { lookup } = dns;
const both = [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }];
dns.lookup = (host, options, done) => {
  if (host !== 'localhost' || !options?.all) return lookup(host, options, done);
  process.nextTick(done, null, both);
};`;

it('HOST=localhost is one address, so that no connection comes by without the limits', async () => {
  const directory = dataDirectory();
  const running = await startReference(directory.path, {
    HOST: 'localhost',
    MILLRACE_STORE: 'memory',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(BOTH)}`,
  });
  const { port, hostname } = new URL(running.url);
  expect(hostname).toBe('127.0.0.1');
  expect((await fetch(`${running.url}/ping`)).status).toBe(200);
  const refused = new Promise((resolve) =>
    connect(Number(port), '::1')
      .once('error', resolve)
      .once('connect', () => resolve('connected')),
  );
  expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
  expect(await running.stop()).toBe(0);
  directory.remove();
});
