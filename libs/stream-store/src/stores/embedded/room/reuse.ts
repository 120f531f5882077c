/** What commits take beside the entry they were made for. */
const SLACK = 64 * 1024;

/**
 * Whether entries find their place in the unused pages of the data file. How those lie is not known: a large entry needs
 * pages side by side. So the first that goes to the end of the file instead is the last of its size until more is unused.
 */
export class Reuse {
  private misfit: { readonly bytes: number; readonly unused: number } | undefined;

  /**
   * @param bytes of the entry
   * @param needed bytes of all that is under way
   */
  mayFit(bytes: number, needed: number, unused: number): boolean {
    if (unused < needed) return false;
    const { misfit } = this;
    return !misfit || bytes < misfit.bytes || unused >= misfit.unused + bytes;
  }

  /** The disk has room again. */
  forget(): void {
    this.misfit = undefined;
  }

  /** @param moved bytes by which the end of the file moved while the entry was written */
  ended(bytes: number, moved: number, unused: number): void {
    if (2 * moved >= bytes && moved <= 2 * bytes + SLACK) this.misfit = { bytes, unused };
  }
}
