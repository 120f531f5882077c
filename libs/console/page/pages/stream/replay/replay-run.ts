import { pause, startTimer, type Timer } from '@millrace/protocol';
import { signal } from '@preact/signals';
import { server } from '../../../app/servers.js';
import { timeOfId } from '../../../parts/formats/format.js';
import { WorkInParts } from '../../../parts/loading/work-in-parts.js';
import { Pace } from './pace.js';

export interface ReplayOptions {
  readonly source: string;
  readonly target: string;
  /** Entries behind this ID. */
  readonly after: string;
  /** The last ID, which is replayed too. */
  readonly until: string;
  /** How many times as fast as it was recorded; undefined: as fast as it goes. */
  readonly factor: number | undefined;
}

export type ReplayState = 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** How far a replay is. */
export interface ReplayProgress {
  /** Stored in the target. */
  readonly entries: number;
  readonly bytes: number;
  /** ID of the last entry that was read. */
  readonly at: string | undefined;
  /** Milliseconds until the next entry is due, where that is long. */
  readonly dueIn: number | undefined;
  /** Gaps in the source: entries that are gone. */
  readonly gaps: number;
}

const NOTHING: ReplayProgress = { entries: 0, bytes: 0, at: undefined, dueIn: undefined, gaps: 0 };
/** A wait that is told, in milliseconds. */
const LONG_WAIT = 1000;
/** Milliseconds from one change of the progress that is shown to the next. */
const TELL_EVERY = 200;

/** Reads a range of one stream and pushes it to another one, at the pace in which it was recorded or as fast as it goes. */
export class ReplayRun {
  readonly state = signal<ReplayState>('running');
  readonly progress = signal(NOTHING);
  failure: unknown;
  private current = NOTHING;
  private timer: Timer | undefined;
  private readonly ended = new AbortController();
  private readonly pace: Pace | undefined;
  private resumed: Promise<void> = Promise.resolve();
  private resume: () => void = () => undefined;

  constructor(readonly options: ReplayOptions) {
    this.pace = options.factor === undefined ? undefined : new Pace(options.factor);
  }

  /** Resolves when it has ended in one way or another; it never throws. */
  async run(): Promise<void> {
    try {
      await this.replay();
      this.state.value = this.ended.signal.aborted ? 'stopped' : 'done';
    } catch (error) {
      if (this.ended.signal.aborted) this.state.value = 'stopped';
      else {
        this.failure = error;
        this.state.value = 'failed';
      }
    }
    this.update({ dueIn: undefined });
    this.tell();
  }

  pause(): void {
    if (this.state.value !== 'running') return;
    this.state.value = 'paused';
    this.pace?.stop();
    this.resumed = new Promise((resolve) => (this.resume = resolve));
  }

  goOn(): void {
    if (this.state.value !== 'paused') return;
    this.state.value = 'running';
    this.pace?.goOn();
    this.resume();
  }

  stop(): void {
    this.ended.abort(new Error('Stopped'));
    this.resume();
  }

  private async replay(): Promise<void> {
    const { source, target, after, until } = this.options;
    const { signal: ending } = this.ended;
    const { streams } = server('streams');
    const push = streams.push(target, {
      signal: ending,
      batch: this.pace === undefined,
      onProgress: ({ entries, bytes }) => this.update({ entries, bytes }),
    });
    const onGap = (): void => this.update({ gaps: this.current.gaps + 1 });
    const work = new WorkInParts();
    try {
      for await (const { id, data } of streams.pull(source, { after, until, follow: false, signal: ending, onGap })) {
        await this.due(id);
        // Waits while too much is under way, so that a slow server holds the reading back.
        await push.ready();
        // Its failure is heard of by ready() and close().
        push.send(data).catch(() => undefined);
        this.update({ at: id });
        if (work.isLong) await work.rest();
      }
    } catch (error) {
      await push.close().catch(() => undefined);
      throw error;
    }
    await push.close();
  }

  /** Waits until it is the turn of an entry, and while the user has paused. */
  private async due(id: string): Promise<void> {
    const { signal: ending } = this.ended;
    for (;;) {
      await this.resumed;
      ending.throwIfAborted();
      const left = this.pace?.left(timeOfId(id)) ?? 0;
      if (this.state.value === 'running' && left <= 0) break;
      if (left > LONG_WAIT) this.update({ dueIn: left });
      await pause(Math.max(0, Math.min(left, LONG_WAIT / 4)), ending);
    }
    if (this.current.dueIn !== undefined) this.update({ dueIn: undefined });
  }

  /** What is shown changes a few times a second, however many entries go by. */
  private update(change: Partial<ReplayProgress>): void {
    this.current = { ...this.current, ...change };
    this.timer ??= startTimer(() => this.tell(), TELL_EVERY);
  }

  private tell(): void {
    this.timer?.stop();
    this.timer = undefined;
    this.progress.value = this.current;
  }
}
