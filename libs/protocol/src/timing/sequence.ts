/** Runs one piece of work after the other, in the order of the calls. One that fails does not keep back the next. */
export class Sequence {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
