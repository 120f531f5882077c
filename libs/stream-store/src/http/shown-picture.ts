/**
 * After this time without another picture, in milliseconds, the last one is sent once more: browsers draw a picture when the
 * next one begins. A camera of ten and more pictures a second needs no repeats.
 */
const REPEAT_AFTER = 100;
/** Then it is sent at this pace, so that no proxy takes the connection for dead. */
const KEEP_ALIVE = 3000;

/** The picture that a viewer has before its eyes, and when it is due again. */
export class ShownPicture {
  private due = performance.now() + KEEP_ALIVE;

  /** @param picture shown until the first one comes */
  constructor(private picture: Buffer) {}

  /** Milliseconds until it is to be sent again; 0 when that is now. */
  get dueIn(): number {
    return Math.max(0, this.due - performance.now());
  }

  /** Takes another picture in its place, and gives it. */
  replace(picture: Buffer): Buffer {
    this.picture = picture;
    this.due = performance.now() + REPEAT_AFTER;
    return picture;
  }

  repeat(): Buffer {
    this.due = performance.now() + KEEP_ALIVE;
    return this.picture;
  }
}
