import { SingleBar } from 'cli-progress';
import { countedEntries, humanSize } from './human.js';
import type { Style } from './style.js';

/** How far long work is; silent where nobody watches. */
export interface Progress {
  /** Sets how much is done, and what is shown beside it. */
  update(done: number, note?: string): void;
  /** Takes the bar away from under what is printed next; may be called twice. */
  stop(): void;
}

/** For work that nobody watches. */
export const NO_PROGRESS: Progress = { update: () => undefined, stop: () => undefined };

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
  /** What the work is called. */
  readonly title: string;
  /** How much there is to do; undefined when nobody knows. */
  readonly total: number | undefined;
  /** What is counted. */
  readonly unit: 'bytes' | 'entries' | 'share';
}

/** A bar on a terminal; a running count where the total is not known. */
export function startProgress({ stream, style, title, total, unit }: ProgressOptions): Progress {
  const show = (value: number): string => {
    if (unit === 'bytes') return humanSize(value);
    return unit === 'share' ? `${Math.round(value * 100)} %` : countedEntries(value);
  };
  const started = performance.now();
  const bar = new SingleBar({
    stream,
    // Signals are the command's own business.
    gracefulExit: false,
    hideCursor: true,
    clearOnComplete: true,
    fps: 12,
    etaBuffer: 50,
    barsize: 24,
    format: (_options, { value, eta, progress }, payload: { note?: string }) => {
      const elapsed = (performance.now() - started) / 1000;
      const rate = unit === 'share' || elapsed < 0.2 ? '' : `${show(Math.round(value / elapsed))}/s`;
      const parts = [style.strong(title)];
      if (total === undefined) {
        parts.push(show(value));
      } else {
        const full = Math.round(Math.min(1, progress) * 24);
        parts.push(style.good('█'.repeat(full)) + style.faint('░'.repeat(24 - full)));
        parts.push(`${String(Math.floor(Math.min(1, progress) * 100)).padStart(3)} %`);
        if (unit !== 'share') parts.push(`${show(value)} of ${show(total)}`);
      }
      if (rate) parts.push(rate);
      if (total !== undefined && unit !== 'share' && Number.isFinite(eta) && eta > 0) parts.push(`${eta} s left`);
      if (payload.note) parts.push(style.faint(payload.note));
      return parts.join('  ');
    },
  });
  bar.start(total ?? 0, 0, { note: '' });
  let stopped = false;
  return {
    update(done, note) {
      if (!stopped) bar.update(done, note === undefined ? undefined : { note });
    },
    stop() {
      if (stopped) return;
      stopped = true;
      bar.stop();
    },
  };
}
