import { Injectable } from '@nestjs/common';

/** Which areas (see {@link AccessArea}) of this application need no credential. Filled by the modules at start. */
@Injectable()
export class AccessPolicy {
  private readonly open = new Set<string>();

  /** Opens every endpoint of an area. */
  openArea(area: string): void {
    this.open.add(area);
  }

  /** The areas that are open. */
  get openAreas(): readonly string[] {
    return [...this.open].sort();
  }

  isOpen(area: string | undefined): boolean {
    return area !== undefined && this.open.has(area);
  }
}
