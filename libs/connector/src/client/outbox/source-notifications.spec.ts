import type { OutboxQueue } from '../../api/outbox.port.js';
import { MemoryOutbox } from './memory-outbox.js';
import type { NotificationOutlet } from './notification-sender.js';
import { SourceNotifications, type SourceNotificationsOptions } from './source-notifications.js';

class Outlet implements NotificationOutlet {
  isOpen = true;
  inFlight = 0;
  readonly sent: { object: { n: number }; messageHeaders: Record<string, string> }[] = [];

  notify(text: string): boolean {
    this.inFlight += 1;
    this.sent.push(JSON.parse(text) as never);
    return true;
  }
  async drained(): Promise<void> {
    // Always room.
  }
  get numbers(): number[] {
    return this.sent.map(({ object }) => object.n);
  }
}

const OPTIONS: SourceNotificationsOptions = {
  source: 's',
  capacity: 5,
  overflow: 'wait',
  maxNotificationBytes: 1000,
  window: 3,
  atMostOnce: false,
  ids: true,
  report: () => undefined,
};

const made: Source[] = [];

/** The notifications of a source, and the answers of a hub to those on their way. */
class Source extends SourceNotifications {
  private outlet = new Outlet();

  constructor(options: Partial<SourceNotificationsOptions> = {}, queue: OutboxQueue = new MemoryOutbox().open()) {
    super(queue, { ...OPTIONS, ...options });
    made.push(this);
  }
  notify(object: unknown): Promise<boolean> {
    return this.outbox.take(object);
  }
  attach(): Outlet {
    this.outlet = new Outlet();
    this.sender.attach(this.outlet);
    return this.outlet;
  }
  answer(refused = false): void {
    this.outlet.inFlight -= 1;
    this.sender.answered(refused);
  }
}

describe('SourceNotifications', () => {
  // Ends their timers, which would outlast the tests.
  afterEach(() => Promise.all(made.splice(0).map((source) => source.close())));

  it('keeps no more than a window on its way, and goes on with each acknowledgement', async () => {
    const source = new Source();
    const outlet = source.attach();
    for (let n = 1; n <= 5; n += 1) await source.notify({ n });
    expect(outlet.numbers).toEqual([1, 2, 3]);
    source.answer();
    expect(outlet.numbers).toEqual([1, 2, 3, 4]);
    expect(source.counters).toMatchObject({ waiting: 4, inFlight: 3, acknowledged: 1 });
  });

  it('connector#21: sends again, in order and marked, what was not acknowledged before the cut', async () => {
    const source = new Source();
    const first = source.attach();
    for (let n = 1; n <= 4; n += 1) await source.notify({ n });
    source.answer();
    source.sender.restart();
    const second = source.attach();
    expect(second.numbers).toEqual([2, 3, 4]);
    expect(second.sent.map(({ messageHeaders }) => messageHeaders['X-Redelivered'])).toEqual(['true', 'true', 'true']);
    const ids = (outlet: Outlet) => outlet.sent.map(({ messageHeaders }) => messageHeaders['X-Notification-Id']);
    expect(ids(second)).toEqual(ids(first).slice(1));
  });

  it('does not send a refused notification again', async () => {
    const source = new Source();
    source.attach();
    await source.notify({ n: 1 });
    source.answer(true);
    expect(source.counters).toMatchObject({ refused: 1, waiting: 0, acknowledged: 0 });
  });

  it('wait: callers wait for room and keep their order', async () => {
    const source = new Source({ capacity: 2, window: 2 });
    const calls = [1, 2, 3, 4, 5].map((n) => source.notify({ n }));
    const outlet = source.attach();
    await Promise.resolve();
    expect(source.counters.waiting).toBe(2);
    for (let count = 0; count < 5; count += 1) {
      await new Promise(setImmediate);
      source.answer();
    }
    expect(await Promise.all(calls)).toEqual([true, true, true, true, true]);
    expect(outlet.numbers).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ['dropOldest', [true, true, true, true], [3, 4]],
    ['dropNewest', [true, true, false, false], [1, 2]],
  ] as const)('%s: drops by its rule and counts', async (overflow, taken, kept) => {
    const source = new Source({ capacity: 2, overflow });
    const results: boolean[] = [];
    for (let n = 1; n <= 4; n += 1) results.push(await source.notify({ n }));
    expect(results).toEqual(taken);
    const outlet = source.attach();
    expect(outlet.numbers).toEqual(kept);
    expect(source.counters.dropped).toBe(2);
  });

  it('error: throws when full', async () => {
    const source = new Source({ capacity: 1, overflow: 'error' });
    await source.notify({ n: 1 });
    await expect(source.notify({ n: 2 })).rejects.toThrow('full');
  });

  it.each([
    ['a list', [1]],
    ['null', null],
    ['a text', 'x'],
    ['a big number', { n: 1n }],
  ])('refuses %s', async (_what, value) => {
    await expect(new Source().notify(value)).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('refuses one above the limit of bytes, which the hub would close the socket at again and again', async () => {
    const source = new Source();
    await expect(source.notify({ text: 'ä'.repeat(500) })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(source.notify({ text: 'x'.repeat(990) })).rejects.toThrow('outbox.maxNotificationBytes');
    expect(await source.notify({ text: 'x'.repeat(980) })).toBe(true);
    expect(await source.notify({ text: 'ä'.repeat(490) })).toBe(true);
  });

  it('wait: a failed append fails its caller, and lets the next one in', async () => {
    const queue = new MemoryOutbox().open();
    const append = queue.append.bind(queue);
    let faults = 2;
    jest.spyOn(queue, 'append').mockImplementation(async (entry) => {
      if ((faults -= 1) >= 0) throw new Error('The store is away');
      await append(entry);
    });
    const source = new Source({ capacity: 1, window: 1 }, queue);
    const size = jest.spyOn(queue, 'size', 'get').mockReturnValueOnce(0).mockReturnValueOnce(1);
    const calls = [source.notify({ n: 1 }), source.notify({ n: 2 }), source.notify({ n: 3 })];
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(size).toHaveBeenCalled();
    await source.close();
  });

  it('at most once: forgets what was handed to the socket', async () => {
    const source = new Source({ atMostOnce: true, window: 1 });
    const outlet = source.attach();
    for (let n = 1; n <= 4; n += 1) await source.notify({ n });
    expect(outlet.numbers).toEqual([1, 2, 3, 4]);
    source.sender.restart();
    const second = source.attach();
    expect(second.numbers).toEqual([]);
  });

  it('takes nothing after its close, and fails those who wait', async () => {
    const source = new Source({ capacity: 1 });
    await source.notify({ n: 1 });
    const waiting = source.notify({ n: 2 });
    await source.close();
    await expect(waiting).rejects.toMatchObject({ code: 'GOING_AWAY' });
    await expect(source.notify({ n: 3 })).rejects.toMatchObject({ code: 'GOING_AWAY' });
  });

  it.each([false, true])(
    'dropOldest keeps the newest in the order of the calls, asynchronous outbox: %s',
    async (slow) => {
      const queue = new MemoryOutbox().open();
      if (slow) {
        const dropOldest = queue.dropOldest.bind(queue);
        jest.spyOn(queue, 'dropOldest').mockImplementation(async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return dropOldest();
        });
      }
      const source = new Source({ capacity: 3, window: 10, overflow: 'dropOldest' }, queue);
      // Not awaited one by one: that is how most events are sent.
      const taken = Array.from({ length: 9 }, (_, index) => source.notify({ n: index + 1 }));
      expect(await Promise.all(taken)).toEqual(taken.map(() => true));
      expect(source.counters).toMatchObject({ waiting: 3, dropped: 6 });
      const outlet = source.attach();
      expect(outlet.numbers).toEqual([7, 8, 9]);
      await source.close();
    },
  );

  it('dropOldest: an outbox that fails to drop one tells those concerned, and goes on with the next', async () => {
    const queue = new MemoryOutbox().open();
    const dropOldest = queue.dropOldest.bind(queue);
    let failures = 1;
    jest.spyOn(queue, 'dropOldest').mockImplementation(async () => {
      if (failures-- > 0) throw new Error('out of reach');
      return dropOldest();
    });
    const source = new Source({ capacity: 2, window: 10, overflow: 'dropOldest' }, queue);
    const taken = [1, 2, 3, 4].map((n) => source.notify({ n }));
    await expect(taken[2]).rejects.toThrow('out of reach');
    expect(await taken[3]).toBe(true);
    const outlet = source.attach();
    expect(outlet.numbers).toEqual([2, 4]);
    await source.close();
  });
});
