import { Heartbeat } from './heartbeat.js';
import type { SocketConnection } from './socket-connection.js';

interface FakePeer {
  isOpen: boolean;
  pingedAt: number;
  bytesAtPing: number;
  takenAtPing: number;
  bytesRead: number;
  bytesSent: number;
  ws: { isPaused: boolean; ping: jest.Mock; terminate: jest.Mock };
}

describe('Heartbeat', () => {
  let peer: FakePeer;
  let heartbeat: Heartbeat;
  beforeEach(() => {
    jest.useFakeTimers();
    const ws = { isPaused: false, ping: jest.fn(), terminate: jest.fn() };
    peer = {
      isOpen: true,
      pingedAt: performance.now(),
      bytesAtPing: -1,
      takenAtPing: 0,
      bytesRead: 10,
      bytesSent: 10,
      ws,
    };
    heartbeat = new Heartbeat(new Set([peer as unknown as SocketConnection]), {
      pingInterval: 1000,
      pingTimeout: 1000,
    });
    heartbeat.start();
  });
  afterEach(() => {
    heartbeat.stop();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('pings, and drops a peer that stays silent', () => {
    // The peers are looked at some turns after the second.
    jest.advanceTimersByTime(1010);
    expect(peer.ws.ping).toHaveBeenCalledTimes(1);
    expect(peer.ws.terminate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2000);
    expect(peer.ws.terminate).toHaveBeenCalled();
  });

  it('keeps a peer that answers', () => {
    for (let second = 0; second < 10; second += 1) {
      jest.advanceTimersByTime(1000);
      peer.bytesRead += 6;
    }
    expect(peer.ws.terminate).not.toHaveBeenCalled();
    expect(peer.ws.ping.mock.calls.length).toBeGreaterThan(2);
  });

  it('keeps a slow reader, whose answer lies behind much that it has not read yet', () => {
    for (let second = 0; second < 10; second += 1) {
      jest.advanceTimersByTime(1000);
      peer.bytesSent += 100;
    }
    expect(peer.ws.terminate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(3000);
    expect(peer.ws.terminate).toHaveBeenCalled();
  });

  it('does not take the time in which the process stood still for silence of the peer', () => {
    jest.advanceTimersByTime(1010);
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
    jest.advanceTimersByTime(1000);
    expect(peer.ws.terminate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(peer.ws.terminate).toHaveBeenCalled();
  });

  it.each([3_600_000, -3_600_000])('looks at spans alone when the clock is set by %d ms', (step) => {
    jest.advanceTimersByTime(1010);
    jest.setSystemTime(Date.now() + step);
    peer.bytesRead += 6;
    jest.advanceTimersByTime(1500);
    expect(peer.ws.terminate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(3000);
    expect(peer.ws.terminate).toHaveBeenCalled();
  });

  it('keeps a peer that we hold back ourselves', () => {
    jest.advanceTimersByTime(1000);
    peer.ws.isPaused = true;
    jest.advanceTimersByTime(5000);
    expect(peer.ws.terminate).not.toHaveBeenCalled();
  });
});
