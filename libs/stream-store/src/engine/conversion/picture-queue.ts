/** Of more pixels than this, one picture at a time is worked on: it may take half a gigabyte, and seconds. */
const LARGE_PIXELS = 16_000_000;

/** Threads of the process. The storage commits on them as well, so not all are for pictures. */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE']) || 4;

/** Bounds the pictures of an application that are worked on at a time, so that neither memory nor threads run out. */
export class PictureQueue {
  private readonly large = new Turns(1);
  private readonly others = new Turns(Math.max(1, THREADS - 2));

  /** Runs work on a picture of so many pixels when its turn has come. */
  run<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    return (pixels > LARGE_PIXELS ? this.large : this.others).run(work);
  }
}

class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
