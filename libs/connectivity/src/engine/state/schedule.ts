/** A thing that a {@link Schedule} looks after; it stands there once at most. */
export interface Scheduled {
  /** When it is due; undefined while it is in no schedule. */
  due: number | undefined;
}

/**
 * Things to look at when their time has come. Times are rounded up to a step, and a thing that got more time meanwhile is
 * simply put back: extending a time costs nothing.
 */
export class Schedule<Item extends Scheduled> {
  private readonly buckets = new Map<number, Set<Item>>();
  /** When the next thing is due, in milliseconds by the registry's clock; Infinity when there is none. */
  next = Infinity;

  /** Puts a thing in, or moves it. */
  add(item: Item, time: number, step: number): void {
    this.remove(item);
    const due = Math.ceil(time / step) * step;
    const bucket = this.buckets.get(due);
    if (bucket) bucket.add(item);
    else this.buckets.set(due, new Set([item]));
    item.due = due;
    if (due < this.next) this.next = due;
  }

  remove(item: Item): void {
    if (item.due === undefined) return;
    this.buckets.get(item.due)?.delete(item);
    item.due = undefined;
  }

  /** Takes out everything that is due. */
  takeDue(now: number): Item[] {
    if (now < this.next) return [];
    const items: Item[] = [];
    this.next = Infinity;
    for (const [time, bucket] of this.buckets) {
      if (time > now && bucket.size > 0) {
        if (time < this.next) this.next = time;
        continue;
      }
      this.buckets.delete(time);
      for (const item of bucket) {
        item.due = undefined;
        items.push(item);
      }
    }
    return items;
  }
}
