import { Injectable } from '@nestjs/common';

/** Groups that metrics tell of, at the most: names of groups come from clients. */
const MOST = 100;

interface ActiveGroup {
  readonly stream: string;
  readonly group: string;
}

/** The groups that consumers and sockets of this application take part in. */
@Injectable()
export class ActiveGroups {
  private readonly groups = new Map<string, ActiveGroup & { members: number }>();

  /** @returns to be called when the consumer leaves */
  joined(stream: string, group: string): () => void {
    const key = JSON.stringify([stream, group]);
    const found = this.groups.get(key) ?? { stream, group, members: 0 };
    this.groups.set(key, found);
    found.members += 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      found.members -= 1;
      if (found.members === 0) this.groups.delete(key);
    };
  }

  /** Those that have been there longest, a bounded number. */
  get all(): ActiveGroup[] {
    return [...this.groups.values()].slice(0, MOST);
  }
}
