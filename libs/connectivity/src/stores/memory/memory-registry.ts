import { randomBytes } from 'node:crypto';
import type { RegistryDriver, RegistrySettings } from '../../api/registry-driver.js';
import { applyCommand, type Command } from '../../engine/state/apply-command.js';
import { RegistryState } from '../../engine/state/registry-state.js';
import { StateRegistry } from '../../engine/state-registry.js';

/** Longest pause between two looks at the schedule, in milliseconds; a timer cannot wait longer than some weeks. */
const MAX_PAUSE = 3_600_000;

/** Keeps connections in the memory of this process; a restart forgets them, and their publishers announce them again. */
export class MemoryRegistry extends StateRegistry {
  protected readonly state: RegistryState;
  private timer: NodeJS.Timeout | undefined;
  private timerDue = Infinity;
  private closed = false;

  constructor(settings: RegistrySettings) {
    super(settings);
    const { maxHistory, maxReplyCacheBytes } = settings.limits;
    this.state = new RegistryState({ epoch: randomBytes(6).toString('hex'), maxHistory, maxReplyCacheBytes });
  }

  override async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await super.close();
  }

  protected async commit(command: Command): Promise<void> {
    try {
      applyCommand(this.state, command, Date.now());
    } finally {
      this.arm();
    }
  }

  protected catchUp(): number {
    const now = Date.now();
    this.state.advance(now);
    this.arm();
    return this.state.time;
  }

  private arm(): void {
    const due = this.state.nextDue;
    if (due >= this.timerDue || this.closed) return;
    clearTimeout(this.timer);
    this.timerDue = due;
    this.timer = setTimeout(
      () => {
        this.timerDue = Infinity;
        this.catchUp();
      },
      Math.min(MAX_PAUSE, Math.max(0, due - Date.now())),
    );
    this.timer.unref();
  }
}

/**
 * Keeps connections in the memory of the process.
 *
 * @publicApi
 */
export function memoryRegistry(): RegistryDriver {
  return { create: (settings) => new MemoryRegistry(settings) };
}
