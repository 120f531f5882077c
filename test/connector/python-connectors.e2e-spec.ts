import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SourceNotification } from '@millrace/connector';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';

interface PeerEvent {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** A connector in Python, and what it says it saw. */
class PythonPeer {
  readonly events: PeerEvent[] = [];
  private errors = '';

  constructor(private readonly child: ChildProcess) {
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => this.events.push(JSON.parse(line) as PeerEvent));
    child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  of(event: string): PeerEvent[] {
    return this.events.filter((each) => each.event === event);
  }

  seen(event: string, count = 1): Promise<unknown> {
    return waitFor(`${count} times "${event}" of the peer`, () => {
      if (this.errors !== '') throw new Error(this.errors);
      return this.of(event).length >= count;
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.each(['text', 'binary'] as const)('A connector in Python that sends %s frames', (frames) => {
  let running: RunningHub;
  let peers: PythonPeer[];
  const notifications: SourceNotification[] = [];

  const start = (source: string, { token = 'token', secret }: { token?: string; secret?: string } = {}): PythonPeer => {
    const script = join(__dirname, 'python', 'connector.py');
    const url = `${running.wsUrl}/api/v1/wsock/websocket`;
    const more = secret === undefined ? [] : [secret];
    const child = spawn(process.env['PYTHON'] ?? '/usr/bin/python3', [script, url, source, frames, token, ...more]);
    const peer = new PythonPeer(child);
    peers.push(peer);
    return peer;
  };

  beforeEach(async () => {
    peers = [];
    notifications.length = 0;
    running = await startHub({ queryTimeout: '300ms' });
    running.hub.onNotification(/^/, (notification) => void notifications.push(notification));
  });
  afterEach(async () => {
    await Promise.all(peers.map((peer) => peer.stop()));
    await running.close();
  });

  it('row 48: a wrong token ends it with the reason, for good', async () => {
    const peer = start('a', { token: 'wrong' });
    await peer.seen('refused');
    expect(peer.of('refused')[0]).toEqual({
      event: 'refused',
      message: 'Connect call failed: 401 :: millrace.hub.authenticationFailed:The credential was not accepted',
    });
    expect(running.authenticator.checks).toBe(1);
  });

  it('row 51: an unknown source is refused, slower each time it comes back at once', async () => {
    await running.close();
    running = await startHub({ refusalDelay: '100ms', maxRefusalDelay: '10s' });
    const peer = start('nobody');
    await peer.seen('claim refused', 3);
    expect(peer.of('claim refused').every(({ status }) => status === 404)).toBe(true);
    const { refusedClaims } = running.hub.counters;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(running.hub.counters.refusedClaims - refusedClaims).toBeLessThan(3);
  });

  it('rows 52, 54 and 66: configuration, publishes to two at once, 500 notifications of each', async () => {
    const both = [start('a'), start('b')];
    await Promise.all(both.map((peer) => peer.seen('connect')));
    expect(both.map((peer) => peer.of('connect')[0])).toEqual([
      { event: 'connect', config: { room: 'lab' } },
      { event: 'connect', config: {} },
    ]);
    const odd = { text: 'Grüße, 世界', none: null, deep: [1, { two: [3] }], large: 2 ** 53 - 1 };
    await Promise.all(numbers(200).flatMap((n) => ['a', 'b'].map((to) => running.hub.publish(to, { n, to, odd }))));
    for (const [at, to] of ['a', 'b'].entries()) {
      await both[at]?.seen('publish', 200);
      expect(both[at]?.of('publish').map(({ object }) => object)).toEqual(numbers(200).map((n) => ({ n, to, odd })));
    }
    await Promise.all(['a', 'b'].map((to) => running.hub.publish(to, { notify: 500 })));
    await Promise.all(both.map((peer) => peer.seen('notified')));
    await waitFor('the last ones', () => notifications.length === 1000);
    for (const name of ['a', 'b']) {
      const own = notifications.filter(({ source }) => source === name).map(({ object }) => object);
      expect(own).toEqual(numbers(500).map((n) => ({ n, of: name })));
    }
  });

  it.each<[string, unknown[]]>([
    ['object', [{ n: 1 }]],
    ['array', [{ n: 1 }, { n: 2 }]],
    ['nothing', []],
    ['parts', [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]],
    ['parts, then nothing', [{ n: 1 }]],
    ['twice', [{ n: 1 }]],
  ])('rows 56 and 61: a query answered by "%s" gives its rows, and the connection stays', async (how, rows) => {
    const peer = start('a');
    await peer.seen('connect');
    expect(await running.hub.query('a', { do: how })).toEqual(rows);
    expect(await running.hub.query('a', { do: how })).toEqual(rows);
    expect(peer.of('connect')).toHaveLength(1);
  });

  it.each(['error', 'error after parts'])('rows 58 and 59: "%s" reaches the asker with all its parts', async (how) => {
    await start('a').seen('connect');
    await expect(running.hub.query('a', { do: how })).rejects.toMatchObject({
      messageCode: 'com.example.bad',
      messageTemplate: 'Query {0} of {1}',
      parameters: ['q-17', 'a'],
      message: 'Query q-17 of a',
    });
  });

  it('rows 60 and 62: 40 queries answered in reverse; parts restart the deadline; silence ends at it', async () => {
    await start('a').seen('connect');
    const asked = numbers(40).map((n) => running.hub.query('a', { do: 'reverse', n }, { timeout: 10_000 }));
    expect(await Promise.all(asked)).toEqual(numbers(40).map((n) => [{ answer: n }]));
    expect(await running.hub.query('a', { do: 'slow parts' })).toHaveLength(4);
    await expect(running.hub.query('a', { do: 'silence' })).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  it('rows 63, 64 and 75: 2 MiB in a response; a killed connector fails what is open, then everything at once', async () => {
    const peer = start('a');
    await peer.seen('connect');
    expect(await running.hub.query('a', { do: 'large' }, { timeout: 10_000 })).toHaveLength(1);
    const open = running.hub.query('a', { do: 'silence' }, { timeout: 60_000 }).catch((error: unknown) => error);
    await waitFor('the query', () => running.hub.sessions()[0]?.openQueries === 1);
    await peer.stop();
    expect(await open).toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
  });

  it('row 69: a second one with another secret is refused, and the first serves on', async () => {
    const first = start('a');
    await first.seen('connect');
    const second = start('a', { secret: 'another' });
    await second.seen('claim refused');
    expect(second.of('claim refused')[0]).toMatchObject({ status: 409 });
    expect(await running.hub.query('a', { do: 'object' })).toEqual([{ n: 1 }]);
    expect(first.of('connect')).toHaveLength(1);
  });

  it('row 72: a changed configuration reaches it on the same socket, and only it', async () => {
    const [a, b] = [start('a'), start('b')];
    await Promise.all([a.seen('connect'), b.seen('connect')]);
    await running.hub.setConfiguration('a', { room: 'hall' });
    await a.seen('connect', 2);
    expect(a.events).toMatchObject([{ event: 'connect' }, { event: 'close' }, { config: { room: 'hall' } }]);
    expect(b.events).toHaveLength(1);
  });

  it('rows 73 and 76: its pings are answered, and garbage of another does not disturb it', async () => {
    const peer = start('a');
    await peer.seen('connect');
    const raw = await running.open('b');
    for (let each = 0; each < 10; each += 1) raw.send('garbage');
    await raw.closed;
    // Several of its pings fall into this time; an unanswered one would end the connection.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await running.hub.query('a', { do: 'object' })).toEqual([{ n: 1 }]);
    expect(peer.events).toHaveLength(1);
  });

  it('row 79: after an eviction it pauses before it returns', async () => {
    const peer = start('a');
    await peer.seen('connect');
    const since = performance.now();
    running.hub.evict({ source: 'a' });
    await peer.seen('closed');
    expect(peer.of('closed')[0]).toEqual({ event: 'closed', code: 1013 });
    await peer.seen('connect', 2);
    expect(performance.now() - since).toBeGreaterThan(450);
  });
});
