import { MemoryOutbox } from './memory-outbox.js';
import type { NotificationSenderOptions } from './notification-sender.interface.js';
import { NotificationSender } from './notification-sender.js';

class Outlet {
  isOpen = true;
  readonly sent: { object: { n: number }; messageHeaders: Record<string, string> }[] = [];
  failure: string | undefined;

  send(text: string): boolean {
    this.sent.push(JSON.parse(text) as never);
    return true;
  }
  async drained(): Promise<void> {
    // Always room.
  }
  fail(message: string): void {
    this.failure = message;
    this.isOpen = false;
  }
  get numbers(): number[] {
    return this.sent.map(({ object }) => object.n);
  }
}

const OPTIONS: NotificationSenderOptions = {
  source: 's',
  capacity: 5,
  overflow: 'wait',
  maxNotificationBytes: 1000,
  window: 3,
  ackTimeout: 30_000,
  atMostOnce: false,
  ids: true,
  report: () => undefined,
};

const made: NotificationSender[] = [];
const make = (options: Partial<NotificationSenderOptions> = {}): NotificationSender => {
  const sender = new NotificationSender(new MemoryOutbox().open(), { ...OPTIONS, ...options });
  made.push(sender);
  return sender;
};

describe('NotificationSender', () => {
  // Ends their timers, which would outlast the tests.
  afterEach(() => Promise.all(made.splice(0).map((sender) => sender.close())));

  it('keeps no more than a window on its way, and goes on with each acknowledgement', async () => {
    const sender = make();
    const outlet = new Outlet();
    sender.attach(outlet);
    for (let n = 1; n <= 5; n += 1) await sender.notify({ n });
    expect(outlet.numbers).toEqual([1, 2, 3]);
    sender.status(false);
    expect(outlet.numbers).toEqual([1, 2, 3, 4]);
    expect(sender.counters).toMatchObject({ waiting: 4, inFlight: 3, acknowledged: 1 });
  });

  it('row 21: sends again, in order and marked, what was not acknowledged before the cut', async () => {
    const sender = make();
    const first = new Outlet();
    sender.attach(first);
    for (let n = 1; n <= 4; n += 1) await sender.notify({ n });
    sender.status(false);
    sender.restart();
    const second = new Outlet();
    sender.attach(second);
    expect(second.numbers).toEqual([2, 3, 4]);
    expect(second.sent.map(({ messageHeaders }) => messageHeaders['X-Redelivered'])).toEqual(['true', 'true', 'true']);
    const ids = (outlet: Outlet) => outlet.sent.map(({ messageHeaders }) => messageHeaders['X-Notification-Id']);
    expect(ids(second)).toEqual(ids(first).slice(1));
  });

  it('counts acknowledgements of query responses too', async () => {
    const sender = make();
    const outlet = new Outlet();
    sender.attach(outlet);
    await sender.notify({ n: 1 });
    sender.sentResponse();
    await sender.notify({ n: 2 });
    expect([sender.status(false), sender.status(false), sender.status(false), sender.status(false)]).toEqual([
      'notification',
      'response',
      'notification',
      undefined,
    ]);
    expect(sender.counters.waiting).toBe(0);
  });

  it('does not send a refused notification again', async () => {
    const sender = make();
    sender.attach(new Outlet());
    await sender.notify({ n: 1 });
    sender.status(true);
    expect(sender.counters).toMatchObject({ refused: 1, waiting: 0, acknowledged: 0 });
  });

  it('wait: callers wait for room and keep their order', async () => {
    const sender = make({ capacity: 2, window: 2 });
    const outlet = new Outlet();
    const calls = [1, 2, 3, 4, 5].map((n) => sender.notify({ n }));
    sender.attach(outlet);
    await Promise.resolve();
    expect(sender.counters.waiting).toBe(2);
    for (let count = 0; count < 5; count += 1) {
      await new Promise(setImmediate);
      sender.status(false);
    }
    expect(await Promise.all(calls)).toEqual([true, true, true, true, true]);
    expect(outlet.numbers).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ['dropOldest', [true, true, true, true], [3, 4]],
    ['dropNewest', [true, true, false, false], [1, 2]],
  ] as const)('%s: drops by its rule and counts', async (overflow, taken, kept) => {
    const sender = make({ capacity: 2, overflow });
    const results: boolean[] = [];
    for (let n = 1; n <= 4; n += 1) results.push(await sender.notify({ n }));
    expect(results).toEqual(taken);
    const outlet = new Outlet();
    sender.attach(outlet);
    expect(outlet.numbers).toEqual(kept);
    expect(sender.counters.dropped).toBe(2);
  });

  it('error: throws when full', async () => {
    const sender = make({ capacity: 1, overflow: 'error' });
    await sender.notify({ n: 1 });
    await expect(sender.notify({ n: 2 })).rejects.toThrow('full');
  });

  it.each([
    ['a list', [1]],
    ['null', null],
    ['a text', 'x'],
    ['a big number', { n: 1n }],
  ])('refuses %s', async (_what, value) => {
    await expect(make().notify(value)).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('refuses one above the limit of bytes, which the hub would close the socket at again and again', async () => {
    const sender = make();
    await expect(sender.notify({ text: 'ä'.repeat(500) })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(sender.notify({ text: 'x'.repeat(990) })).rejects.toThrow('outbox.maxNotificationBytes');
    expect(await sender.notify({ text: 'x'.repeat(980) })).toBe(true);
    expect(await sender.notify({ text: 'ä'.repeat(490) })).toBe(true);
  });

  it('at most once: remembers a bounded number of what a hub that acknowledges nothing owes', async () => {
    const sender = make({ atMostOnce: true, capacity: 200_000 });
    sender.attach(new Outlet());
    for (let each = 0; each < 30_000; each += 1) sender.sentResponse();
    for (let n = 0; n < 30_000; n += 1) await sender.notify({ n });
    expect(sender.counters.inFlight).toBe(10_000);
    expect(sender.status(false)).toBe('notification');
  });

  it('wait: a failed append fails its caller, and lets the next one in', async () => {
    const queue = new MemoryOutbox().open();
    const append = queue.append.bind(queue);
    let faults = 2;
    jest.spyOn(queue, 'append').mockImplementation(async (entry) => {
      if ((faults -= 1) >= 0) throw new Error('The store is away');
      await append(entry);
    });
    const sender = new NotificationSender(queue, { ...OPTIONS, capacity: 1, window: 1 });
    const size = jest.spyOn(queue, 'size', 'get').mockReturnValueOnce(0).mockReturnValueOnce(1);
    const calls = [sender.notify({ n: 1 }), sender.notify({ n: 2 }), sender.notify({ n: 3 })];
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(size).toHaveBeenCalled();
    await sender.close();
  });

  it('at most once: forgets what was handed to the socket', async () => {
    const sender = make({ atMostOnce: true, window: 1 });
    const outlet = new Outlet();
    sender.attach(outlet);
    for (let n = 1; n <= 4; n += 1) await sender.notify({ n });
    expect(outlet.numbers).toEqual([1, 2, 3, 4]);
    sender.restart();
    const second = new Outlet();
    sender.attach(second);
    expect(second.numbers).toEqual([]);
  });

  it('cuts a connection whose hub owes an acknowledgement for too long', async () => {
    jest.useFakeTimers();
    try {
      const sender = make({ ackTimeout: 1000 });
      const outlet = new Outlet();
      sender.attach(outlet);
      await sender.notify({ n: 1 });
      jest.advanceTimersByTime(1000);
      expect(outlet.failure).toContain('acknowledged nothing');
    } finally {
      jest.useRealTimers();
    }
  });

  it('takes nothing after its close, and fails those who wait', async () => {
    const sender = make({ capacity: 1 });
    await sender.notify({ n: 1 });
    const waiting = sender.notify({ n: 2 });
    await sender.close();
    await expect(waiting).rejects.toMatchObject({ code: 'GOING_AWAY' });
    await expect(sender.notify({ n: 3 })).rejects.toMatchObject({ code: 'GOING_AWAY' });
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
      const sender = new NotificationSender(queue, { ...OPTIONS, capacity: 3, window: 10, overflow: 'dropOldest' });
      // Not awaited one by one: that is how most events are sent.
      const taken = Array.from({ length: 9 }, (_, index) => sender.notify({ n: index + 1 }));
      expect(await Promise.all(taken)).toEqual(taken.map(() => true));
      expect(sender.counters).toMatchObject({ waiting: 3, dropped: 6 });
      const outlet = new Outlet();
      sender.attach(outlet);
      expect(outlet.numbers).toEqual([7, 8, 9]);
      await sender.close();
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
    const sender = new NotificationSender(queue, { ...OPTIONS, capacity: 2, window: 10, overflow: 'dropOldest' });
    const taken = [1, 2, 3, 4].map((n) => sender.notify({ n }));
    await expect(taken[2]).rejects.toThrow('out of reach');
    expect(await taken[3]).toBe(true);
    const outlet = new Outlet();
    sender.attach(outlet);
    expect(outlet.numbers).toEqual([2, 4]);
    await sender.close();
  });
});
