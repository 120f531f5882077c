import { closeInTime } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { describeOnEachSetup } from './drivers.js';
import { RegistryClient, wire } from './registry-client.js';
import { openSlowly, stall } from './slow-reader.js';

/** How long an idle connection is kept: longer than any test runs, so that none of them ends by it. */
const KEPT = 120_000;

describeOnEachSetup('A shutdown with watchers', (on) => {
  it('does not wait for those who would keep their connection', async () => {
    const running = await on.start();
    running.app.getHttpServer().keepAliveTimeout = KEPT;
    const reader = await openSlowly(running.app, '/connections/p/watch');
    reader.release();
    await waitFor('the set', () => reader.text().includes('event: snapshot'));
    await closeInTime(running);
    // The stream has come to its end in good order.
    await waitFor('the end of the stream', () => reader.text().endsWith('\r\n0\r\n\r\n'));
    reader.socket.destroy();
  });

  it('does not wait for those who read nothing', async () => {
    const running = await on.start();
    running.app.getHttpServer().keepAliveTimeout = KEPT;
    const client = new RegistryClient(running.url);
    const uri = 'x'.repeat(4000);
    // More than the buffers of two kernels hold, which may be tens of megabytes.
    for (let part = 0; part < 10; part += 1) {
      const connections = Array.from({ length: 2000 }, (_, index) => wire(`${part}-${index}`, { uri }));
      expect((await client.publish('p', connections)).status).toBe(200);
    }
    const reader = await openSlowly(running.app, '/connections/p/watch');
    // The end of an answer would take it out of there: here the buffers have to be full.
    reader.served.uncork();
    await stall(reader);
    await closeInTime(running);
    reader.socket.destroy();
  });
});
