interface Sent {
  readonly outcome: Promise<boolean>;
  resolve(applied: boolean): void;
  reject(error: unknown): void;
  /** The log it is in, and its number there, once Redis has said so. */
  place: Place | undefined;
}

/** A log, and a number in it. An earlier release did not name its log. */
interface Place {
  readonly epoch: string;
  readonly count: number;
}

/** The commands of this instance that are on their way, and what becomes of them. */
export class PendingCommands {
  private readonly commands = new Map<string, Sent>();
  /** The logs that this instance has left. */
  private readonly left = new Set<string>();

  add(id: string): void {
    let settle: Pick<Sent, 'resolve' | 'reject'> | undefined;
    const outcome = new Promise<boolean>((resolve, reject) => (settle = { resolve, reject }));
    // It may fail before its sender looks, while the reply of Redis is on its way.
    outcome.catch(() => undefined);
    if (settle) this.commands.set(id, { ...settle, outcome, place: undefined });
  }

  /** Whether a command was applied; undefined while that is not known. Rejects with the command's error. */
  async known(id: string): Promise<boolean | undefined> {
    return Promise.race([this.commands.get(id)?.outcome, Promise.resolve(undefined)]);
  }

  /**
   * Notes where a command is.
   *
   * @returns whether it was applied; false when it was lost with its log. Rejects with the command's error
   */
  async outcome(id: string, place: Place): Promise<boolean> {
    const sent = this.commands.get(id);
    if (!sent) return false;
    sent.place = place;
    if (this.left.has(place.epoch)) sent.resolve(false);
    return sent.outcome;
  }

  succeed(id: string): void {
    this.commands.get(id)?.resolve(true);
  }

  fail(id: string, error: unknown): void {
    this.commands.get(id)?.reject(error);
  }

  forget(id: string): void {
    this.commands.delete(id);
  }

  /**
   * The instance goes over to another state: commands which it does not hold are lost.
   *
   * @param from the log that it leaves; the same when it only skips a part of it
   * @param to the log that it follows now, and the last command in its new state
   */
  move(from: string, to: Place): void {
    if (from !== to.epoch) this.left.add(from);
    this.left.delete(to.epoch);
    for (const sent of this.commands.values()) {
      const { place } = sent;
      if (!place) continue;
      const epoch = place.epoch || from;
      if (epoch === to.epoch ? place.count <= to.count : this.left.has(epoch)) sent.resolve(false);
    }
  }

  failAll(error: unknown): void {
    for (const sent of this.commands.values()) sent.reject(error);
    this.commands.clear();
  }
}
