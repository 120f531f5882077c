import { Logger } from '@nestjs/common';
import { Shutdown } from '@millrace/core/shutdown';
import { ApiKeyUsage } from './api-key-usage.js';
import { ApiKeyStore } from '../api/api-key-store.js';

class Touched extends ApiKeyStore {
  readonly writes: Record<string, number>[] = [];
  readonly events: string[] = [];
  failure: Error | undefined;
  override readonly find = jest.fn();
  override readonly list = jest.fn();
  override readonly add = jest.fn();
  override readonly revoke = jest.fn();

  override async touch(uses?: ReadonlyMap<string, number>): Promise<void> {
    this.events.push('touch');
    if (this.failure) throw this.failure;
    this.writes.push(Object.fromEntries(uses ?? []));
  }

  override async close(): Promise<void> {
    this.events.push('close');
  }
}

describe('The last use of API keys', () => {
  let store: Touched;
  let usage: ApiKeyUsage;
  let shutdown: Shutdown;
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
    store = new Touched();
    shutdown = new Shutdown();
    usage = new ApiKeyUsage(store, shutdown);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
  const use = (...ids: string[]): void => ids.forEach((id) => usage.note(id, Date.now()));

  it('is written in the background, at most once a minute, for all keys together', async () => {
    use('a');
    expect(store.writes).toEqual([]);
    await jest.advanceTimersByTimeAsync(0);
    expect(store.writes).toEqual([{ a: 1_000_000 }]);
    for (let second = 1; second < 60; second += 1) {
      await jest.advanceTimersByTimeAsync(1000);
      use('a', 'b');
    }
    expect(store.writes).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1000);
    expect(store.writes.slice(1)).toEqual([{ a: 1_059_000, b: 1_059_000 }]);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(store.writes).toHaveLength(2);
  });

  it('is written at the end of the application, before the store is closed', async () => {
    use('a');
    await jest.advanceTimersByTimeAsync(0);
    use('b');
    await shutdown.onApplicationShutdown();
    expect(store.writes[1]).toEqual({ b: 1_000_000 });
    expect(store.events).toEqual(['touch', 'touch', 'close']);
  });

  it('is kept for the next time when the store is out of reach', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    store.failure = new Error('Redis is away');
    use('a', 'b');
    await jest.advanceTimersByTimeAsync(0);
    expect(warn).toHaveBeenCalledWith('The last use of API keys could not be written: Redis is away');
    store.failure = undefined;
    await jest.advanceTimersByTimeAsync(1000);
    use('b');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(store.writes).toEqual([{ a: 1_000_000, b: 1_001_000 }]);
  });
});
