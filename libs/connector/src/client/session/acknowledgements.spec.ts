import { Acknowledgements } from './acknowledgements.js';

const make = (required = true, onSilence = (): void => undefined): Acknowledgements =>
  new Acknowledgements({ timeout: 1000, required, onSilence });

describe('Acknowledgements', () => {
  it('counts those of query responses too, in the order of sending', () => {
    const acknowledgements = make();
    acknowledgements.sent('notification');
    acknowledgements.sent('response');
    acknowledgements.sent('notification');
    expect(acknowledgements.notifications).toBe(2);
    const taken = [1, 2, 3, 4].map(() => acknowledgements.take());
    expect(taken).toEqual(['notification', 'response', 'notification', undefined]);
    acknowledgements.clear();
  });

  it('at most once: remembers a bounded number of what a hub that acknowledges nothing owes', () => {
    const acknowledgements = make(false);
    for (let each = 0; each < 30_000; each += 1) acknowledgements.sent('response');
    for (let each = 0; each < 30_000; each += 1) acknowledgements.sent('notification');
    expect(acknowledgements.notifications).toBe(10_000);
    expect(acknowledgements.take()).toBe('notification');
  });

  it('is settled once nothing is due, and says when that takes too long', async () => {
    const acknowledgements = make();
    expect(await acknowledgements.settled(0)).toBe(true);
    acknowledgements.sent('response');
    acknowledgements.sent('notification');
    expect(await acknowledgements.settled(1)).toBe(false);
    const settled = acknowledgements.settled(30_000);
    acknowledgements.take();
    acknowledgements.take();
    expect(await settled).toBe(true);
    acknowledgements.sent('notification');
    const cleared = acknowledgements.settled(30_000);
    acknowledgements.clear();
    expect(await cleared).toBe(true);
  });

  it.each(['notification', 'response'] as const)('reports a hub that owes one of a %s for too long', (kind) => {
    jest.useFakeTimers();
    try {
      const silence = jest.fn();
      const acknowledgements = make(true, silence);
      acknowledgements.sent(kind);
      jest.advanceTimersByTime(600);
      acknowledgements.take();
      acknowledgements.sent(kind);
      jest.advanceTimersByTime(600);
      expect(silence).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1400);
      expect(silence).toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
    }
  });

  it('waits for a hub that need not acknowledge, however long', () => {
    jest.useFakeTimers();
    try {
      const silence = jest.fn();
      make(false, silence).sent('notification');
      jest.advanceTimersByTime(60_000);
      expect(silence).not.toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
    }
  });
});
