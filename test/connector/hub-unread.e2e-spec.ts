import type { Socket } from 'node:net';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';

/** What the buffers of two kernels may hold of one connection, and more: tens of megabytes where it was read quickly before. */
const MORE_THAN_KERNELS = 100 * 1024 * 1024;
/** How long it may take to answer all of that. */
const LONG = { deadline: 240_000 };

describe('A client that reads no answers', () => {
  let running: RunningHub;
  beforeEach(async () => {
    running = await startHub({ maxBufferedBytes: 64 * 1024, authenticationTimeout: LONG.deadline });
  });
  afterEach(() => running.close());

  it('connector§10.2: is not read any more, and served again when it reads', async () => {
    const connector = await running.connect('a');
    const { ws } = connector.client;
    const before = connector.client.frames.length;
    ws.pause();
    // Each is answered by a refusal; so many that what they make together the buffers of the kernels do not hold.
    const message = JSON.stringify({ op: 'notification', object: 'x'.repeat(200) });
    let count = 0;
    while (ws.bufferedAmount === 0 && count < 1_200_000) {
      for (let each = 0; each < 120_000; each += 1) connector.send(message);
      count += 120_000;
      await standsStill(() => ws.bufferedAmount);
    }
    expect(ws.bufferedAmount).toBeGreaterThan(0);
    ws.resume();
    await waitFor('all answers', () => connector.client.frames.length === before + count, LONG);
    connector.notify({ good: true });
    await waitFor('the last one', () => connector.client.frames.at(-1)?.data.toString() === '{"status":200}');
  }, 600_000);

  it.each([
    ['one by one', false],
    ['in one piece', true],
  ])(
    'connector§10.2: is not answered any more when it claims again and again, %s',
    async (_how, together) => {
      await running.hub.setConfiguration('b', { text: 'x'.repeat(500_000) });
      const connector = await running.connect('b');
      connector.client.ws.pause();
      const { _socket: socket } = connector.client.ws as unknown as { _socket: Socket };
      if (together) socket.cork();
      // 100 bytes each, answered by half a megabyte.
      for (let each = 0; each < 200; each += 1) connector.sendClaim();
      socket.uncork();
      await waitFor('the hub to stop answering', () => bufferedBytes(running) > 1024 * 1024);
      await standsStill(() => bufferedBytes(running));
      expect(bufferedBytes(running)).toBeLessThan(3 * 1024 * 1024);
      connector.client.ws.resume();
      // With the two answers of the beginning.
      await waitFor('all configurations', () => connector.client.frames.length === 202, LONG);
      await connector.close();
    },
    300_000,
  );

  it('connector§10.2: is ended when it takes nothing at all for the stall timeout', async () => {
    await running.close();
    running = await startHub({ maxBufferedBytes: 64 * 1024, stallTimeout: '200ms' });
    const good = await running.connect('a');
    const dead = await running.connect('b');
    dead.client.ws.pause();
    // Large only now: while it claims it could seem dead, where the machine stands still.
    await running.hub.setConfiguration('b', { text: 'x'.repeat(500_000) });
    for (let each = 0; each < 200; each += 1) dead.sendClaim();
    await waitFor('its end', () => running.hub.sessions().length === 1);
    await expect(running.hub.publish('b', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
    good.notify({ still: 'here' });
    expect(await good.next()).toEqual({ status: 200 });
    dead.client.ws.terminate();
    await good.close();
  }, 300_000);

  it('connector§10.2: keeps few answers behind a notification that takes its time', async () => {
    let letGo: (() => void) | undefined;
    running.hub.onNotification('a', () => new Promise<void>((resolve) => (letGo = resolve)));
    const connector = await running.connect('a');
    connector.notify({ slow: true });
    await waitFor('the slow one', () => letGo);
    const bad = JSON.stringify({ op: 'notification', object: 'x'.repeat(5000) });
    const count = Math.ceil(MORE_THAN_KERNELS / 5000);
    for (let each = 0; each < count; each += 1) connector.send(bad);
    // What the hub does not read stays with the client.
    await standsStill(() => connector.client.ws.bufferedAmount);
    expect(connector.client.ws.bufferedAmount).toBeGreaterThan(0);
    letGo?.();
    await waitFor('all answers', () => connector.client.frames.length === count + 3, LONG);
    expect(connector.client.frames[2]?.data.toString()).toBe('{"status":200}');
    await connector.close();
  }, 300_000);

  it('connector§10.2: cannot fill the memory while its authentication is under way', async () => {
    let letGo: (() => void) | undefined;
    jest.spyOn(running.authenticator, 'authenticate').mockImplementation(
      () =>
        new Promise((resolve) => {
          letGo = () => resolve({ subject: 'slow', scopes: ['sources:connect'], method: 'test' });
        }),
    );
    const connector = await running.open('a');
    connector.send({ op: 'validate', resourceName: 'system.credentials', object: 'token' });
    await waitFor('the authentication', () => letGo);
    const large = JSON.stringify({ op: 'notification', object: { text: 'x'.repeat(1024 * 1024) } });
    connector.sendClaim();
    const count = MORE_THAN_KERNELS / (1024 * 1024);
    for (let each = 0; each < count; each += 1) connector.send(large);
    await standsStill(() => connector.client.ws.bufferedAmount);
    // Two are read at most; the rest is in the buffers of the two kernels.
    expect(connector.client.ws.bufferedAmount).toBeGreaterThan(MORE_THAN_KERNELS / 4);
    letGo?.();
    const acknowledged = (): number => connector.messages.filter(({ status }) => status === 200).length;
    await waitFor('all answers', () => acknowledged() === count + 1, LONG);
    await connector.close();
  }, 300_000);
});

/** Bytes that wait at the hub for all its connectors. */
function bufferedBytes({ hub }: RunningHub): number {
  return hub.sessions().reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0);
}

/** Resolves when a number has not changed for a while. */
async function standsStill(read: () => number): Promise<void> {
  let last = Number.NaN;
  const same = (): boolean => {
    const before = last;
    last = read();
    return last === before;
  };
  await waitFor('standing still', same, { pause: 500, deadline: 60_000 });
}
