import { memoryStore, type StreamStore, type StreamStoreDriver } from '@millrace/stream-store';

/** A memory store whose appends wait at a gate, as those of a slow disk do. */
export class GatedStore implements StreamStoreDriver {
  inner!: StreamStore;
  /** Appends that have begun and are not done. */
  waiting = 0;
  private opened!: () => void;
  private gate: Promise<void> = Promise.resolve();

  shut(): void {
    this.gate = new Promise((resolve) => (this.opened = resolve));
  }

  open(): void {
    this.opened();
  }

  async create(context: Parameters<StreamStoreDriver['create']>[0]): Promise<StreamStore> {
    this.inner = await memoryStore().create(context);
    const pass = async <T>(append: () => Promise<T>): Promise<T> => {
      this.waiting += 1;
      try {
        await this.gate;
        return await append();
      } finally {
        this.waiting -= 1;
      }
    };
    const { inner } = this;
    const append = inner.append.bind(inner);
    const appendAll = inner.appendAll.bind(inner);
    let inside = false;
    inner.append = (...args) =>
      pass(() => {
        inside = true;
        const result = append(...args);
        inside = false;
        return result;
      });
    // The memory store's append goes through its own appendAll, which must not wait a second time.
    inner.appendAll = (...args) => (inside ? appendAll(...args) : pass(() => appendAll(...args)));
    return inner;
  }
}
