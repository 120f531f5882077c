interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Who waits for the log: senders for their commands, questions for a place in it. */
export class PendingCommands {
  private readonly commands = new Map<string, Waiter>();
  private places: (Waiter & { readonly count: number })[] = [];

  /** Resolves, or rejects with the command's error, when it was applied. */
  add(id: string): Promise<void> {
    const applied = new Promise<void>((resolve, reject) => this.commands.set(id, { resolve, reject }));
    // It may fail before its sender looks, while the reply of Redis is on its way.
    applied.catch(() => undefined);
    return applied;
  }

  /** Resolves when the log was applied up to a number. */
  reached(count: number): Promise<void> {
    return new Promise((resolve, reject) => this.places.push({ count, resolve, reject }));
  }

  succeed(id: string): void {
    this.commands.get(id)?.resolve();
  }

  fail(id: string, error: unknown): void {
    this.commands.get(id)?.reject(error);
  }

  forget(id: string): void {
    this.commands.delete(id);
  }

  advance(count: number): void {
    if (this.places.length === 0) return;
    const waiting = this.places;
    this.places = waiting.filter((place) => place.count > count);
    for (const place of waiting) if (place.count <= count) place.resolve();
  }

  failAll(error: unknown): void {
    for (const waiter of [...this.commands.values(), ...this.places]) waiter.reject(error);
    this.commands.clear();
    this.places = [];
  }
}
