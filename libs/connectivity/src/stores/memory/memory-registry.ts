import { randomBytes } from 'node:crypto';
import type { RegistryDriver, RegistrySettings } from '../../api/registry-driver.js';
import { applyCommand, type Command } from '../../engine/state/apply-command.js';
import { RegistryState } from '../../engine/state/registry-state.js';
import { StateRegistry } from '../../engine/state-registry.js';

/** Keeps connections in the memory of this process; a restart forgets them, and their publishers announce them again. */
export class MemoryRegistry extends StateRegistry {
  protected readonly state: RegistryState;

  constructor(settings: RegistrySettings) {
    super(settings);
    this.state = new RegistryState(randomBytes(6).toString('hex'), settings.limits);
  }

  protected async commit(command: Command): Promise<void> {
    try {
      applyCommand(this.state, command, this.now());
    } finally {
      this.arm();
    }
  }

  protected catchUp(): number {
    this.state.advance(this.now());
    this.arm();
    return this.state.time;
  }

  protected expire(): void {
    this.catchUp();
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
