import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';

describe('A client that reads no answers', () => {
  let running: RunningHub;
  beforeEach(async () => {
    running = await startHub({ maxBufferedBytes: 64 * 1024 });
  });
  afterEach(() => running.close());

  it('section 10.2: is not read any more, and served again when it reads', async () => {
    const connector = await running.connect('a');
    const { ws } = connector.client;
    const before = connector.client.frames.length;
    ws.pause();
    // Each is answered by a refusal; what they make together no kernel buffer holds.
    const count = 120_000;
    const message = JSON.stringify({ op: 'notification', object: 'x'.repeat(200) });
    for (let each = 0; each < count; each += 1) connector.send(message);
    let last = -1;
    await waitFor(
      'the hub to stop reading',
      () => {
        const stands = ws.bufferedAmount === last;
        last = ws.bufferedAmount;
        return stands;
      },
      { pause: 500, deadline: 20_000 },
    );
    expect(last).toBeGreaterThan(0);
    ws.resume();
    await waitFor('all answers', () => connector.client.frames.length === before + count, { deadline: 20_000 });
    connector.notify({ good: true });
    await waitFor('the last one', () => connector.client.frames.at(-1)?.data.toString() === '{"status":200}');
  }, 60_000);
});
