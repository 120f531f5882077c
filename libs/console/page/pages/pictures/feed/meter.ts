/** Time over which drawn frames are counted, in milliseconds. */
const WINDOW = 2000;

/** Frames a second, of those that were drawn of late. */
export class Meter {
  private readonly drawn: number[] = [];

  count(): void {
    this.drawn.push(performance.now());
    this.forget();
  }

  get rate(): number {
    this.forget();
    return this.drawn.length / (WINDOW / 1000);
  }

  private forget(): void {
    const from = performance.now() - WINDOW;
    while (this.drawn.length > 0 && this.drawn[0]! < from) this.drawn.shift();
  }
}
