import { EventEmitter } from 'node:events';
import { PingKeeper } from './ping-keeper.js';

class Peer extends EventEmitter {
  pings = 0;
  answers = true;

  ping(): void {
    this.pings += 1;
    if (this.answers) this.emit('pong');
  }
}

describe('connector#40: keep-alive', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('pings within 20 s, and reports a peer 20 s after a missing pong', async () => {
    const peer = new Peer();
    let silent = 0;
    const keeper = new PingKeeper(peer, { interval: 20_000, timeout: 20_000 }, () => (silent += 1));
    keeper.start();
    jest.advanceTimersByTime(20_000);
    expect(peer.pings).toBe(1);
    jest.advanceTimersByTime(20_000);
    expect(peer.pings).toBe(2);
    peer.answers = false;
    jest.advanceTimersByTime(20_000);
    expect(peer.pings).toBe(3);
    jest.advanceTimersByTime(19_999);
    expect(silent).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(silent).toBe(1);
    jest.advanceTimersByTime(100_000);
    expect([peer.pings, silent]).toEqual([3, 1]);
  });

  it('waits on for a peer that gives another sign of life', async () => {
    const peer = new Peer();
    peer.answers = false;
    let silent = 0;
    let alive = true;
    const keeper = new PingKeeper(
      peer,
      { interval: 1000, timeout: 1000 },
      () => (silent += 1),
      () => Promise.resolve(alive),
    );
    keeper.start();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([peer.pings, silent]).toEqual([1, 0]);
    alive = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect([peer.pings, silent]).toEqual([1, 1]);
  });

  it('stops', () => {
    const peer = new Peer();
    const keeper = new PingKeeper(peer, { interval: 1000, timeout: 1000 }, () => undefined);
    keeper.start();
    keeper.stop();
    jest.advanceTimersByTime(10_000);
    expect(peer.pings).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
