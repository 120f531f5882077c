import { FlowGate } from './flow-gate.js';

class Peer {
  bufferedBytes = 0;
  bytesSent = 0;
  held = 5000;
  reading = true;
  private waiting: (() => void)[] = [];
  readonly ws = { pause: () => (this.reading = false), resume: () => (this.reading = true) };

  bytesHeld(): Promise<number> {
    return Promise.resolve(this.held);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async takeAll(): Promise<void> {
    this.bufferedBytes = 0;
    for (const resolve of this.waiting.splice(0)) resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe('FlowGate', () => {
  let peer: Peer;
  let heldBack: number;
  let stalled: number;
  let gate: FlowGate;
  beforeEach(() => {
    peer = new Peer();
    heldBack = stalled = 0;
    gate = new FlowGate(
      peer,
      { maxBufferedBytes: 100, maxInFlightBytes: 1000, stallTimeout: 50 },
      { onHeldBack: () => (heldBack += 1), onStalled: () => (stalled += 1) },
    );
  });

  it('has room up to the limit, and again when the peer has taken what waits', async () => {
    peer.bufferedBytes = 100;
    expect(gate.hasRoom).toBe(true);
    peer.bufferedBytes = 101;
    expect(gate.hasRoom).toBe(false);
    let room = false;
    void gate.room().then(() => (room = true));
    await Promise.resolve();
    expect([room, peer.reading]).toEqual([false, true]);
    await peer.takeAll();
    expect(room).toBe(true);
  });

  it('does not read a peer that leaves its answers, until it has taken them', async () => {
    peer.bufferedBytes = 100;
    gate.answered();
    expect(peer.reading).toBe(true);
    peer.bufferedBytes = 101;
    gate.answered();
    gate.answered();
    expect(peer.reading).toBe(false);
    const taken = gate.taken();
    await peer.takeAll();
    await taken;
    expect(peer.reading).toBe(true);
  });

  it('does not read while too much is not handled, and reads again at half', () => {
    gate.received(1000);
    expect([peer.reading, heldBack]).toEqual([true, 0]);
    gate.received(1);
    gate.received(1);
    expect([peer.reading, heldBack]).toEqual([false, 1]);
    gate.handled(500);
    expect(peer.reading).toBe(false);
    gate.handled(2);
    expect(peer.reading).toBe(true);
  });

  it('reads only when the last reason is gone, and never again once it is closed', async () => {
    gate.hold('opening');
    gate.received(2000);
    expect(heldBack).toBe(0);
    gate.handled(2000);
    expect(peer.reading).toBe(false);
    gate.release('opening');
    expect(peer.reading).toBe(true);
    gate.close();
    gate.hold('opening');
    gate.release('opening');
    expect(peer.reading).toBe(false);
  });

  it('tells of a peer that takes nothing, and not of a slow one', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    peer.bufferedBytes = 101;
    gate.answered();
    await jest.advanceTimersByTimeAsync(0);
    peer.bytesSent = 1;
    await jest.advanceTimersByTimeAsync(50);
    expect(stalled).toBe(0);
    peer.held -= 1024;
    await jest.advanceTimersByTimeAsync(50);
    expect(stalled).toBe(0);
    await jest.advanceTimersByTimeAsync(50);
    expect(stalled).toBe(1);
    await peer.takeAll();
    jest.advanceTimersByTime(500);
    expect(stalled).toBe(1);
    jest.useRealTimers();
  });

  it('lets the timeout pass between what the system tells, which comes late and all at once where the machine is busy', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    const asked: ((held: number) => void)[] = [];
    peer.bytesHeld = () => new Promise((resolve) => asked.push(resolve));
    peer.bufferedBytes = 101;
    gate.answered();
    for (let round = 0; round < 3; round += 1) {
      await jest.advanceTimersByTimeAsync(200);
      peer.held -= 1024;
      for (const answer of asked.splice(0)) answer(peer.held);
      await jest.advanceTimersByTimeAsync(0);
      expect(stalled).toBe(0);
    }
    await jest.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(1);
    asked[0]?.(peer.held);
    await jest.advanceTimersByTimeAsync(0);
    expect(stalled).toBe(1);
    jest.useRealTimers();
  });
});
