import { randomBytes } from 'node:crypto';
import type { RegistryDriver, RegistrySettings } from '../../api/registry-driver.js';
import { DueTimer } from '../../engine/due-timer.js';
import { applyCommand, type Command } from '../../engine/state/apply-command.js';
import { RegistryState } from '../../engine/state/registry-state.js';
import { type Reached, type RegistrySizes, StateRegistry, type WatchedState } from '../../engine/state-registry.js';

/** Keeps connections in the memory of this process; a restart forgets them, and their publishers announce them again. */
export class MemoryRegistry extends StateRegistry {
  private readonly state: RegistryState;
  private readonly timer: DueTimer;
  protected applied = 0;

  constructor(settings: RegistrySettings) {
    super(settings);
    this.state = new RegistryState(randomBytes(6).toString('hex'), settings.limits);
    const expire = (): void => void this.reach();
    this.timer = new DueTimer(() => this.state.nextDue, now, expire);
  }

  async ping(): Promise<void> {
    this.reach();
  }

  override async close(): Promise<void> {
    await super.close();
    this.timer.stop();
  }

  protected async commit(command: Command): Promise<void> {
    try {
      this.applied += 1;
      applyCommand(this.state, command, now());
    } finally {
      this.timer.arm();
    }
  }

  protected reach(): Reached {
    this.state.advance(now());
    this.timer.arm();
    return { state: this.state, now: this.state.time };
  }

  protected reachAll(): readonly Reached[] {
    return [this.reach()];
  }

  protected sizes(): RegistrySizes {
    const { partitions, size, peaks } = this.reach().state;
    return { partitions: partitions.size, connections: size, maxPartitions: peaks.partitions };
  }

  protected watched(): WatchedState {
    return { state: this.state, release: () => undefined };
  }
}

/** In milliseconds; it does not jump when the clock of the machine is set. */
function now(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

/**
 * Keeps connections in the memory of the process.
 *
 * @publicApi
 */
export function memoryRegistry(): RegistryDriver {
  return { create: (settings) => new MemoryRegistry(settings) };
}
