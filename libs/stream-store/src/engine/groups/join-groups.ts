import { randomBytes } from 'node:crypto';
import { assertScope, hasScope, type Principal } from '@millrace/core/security';
import type { GroupOptions } from '../../api/stream-groups.js';
import type { StreamStore } from '../../api/stream-store.js';
import { GroupConsumer } from './group-consumer.js';

/** What a socket asks for as a consumer of a group. */
export interface GroupRequest {
  readonly group: string;
  /** Absent for one that nobody has. */
  readonly consumer: string | undefined;
  readonly options: GroupOptions;
}

/** Stands between the name of a consumer and what tells its sockets apart. */
const MARK = '~';

/**
 * Joins the group of each stream. To make a group, or change its settings, takes the scope to write.
 *
 * @throws MillraceError `FORBIDDEN` for a group that is not there without that scope, and as `StreamGroups.open`
 */
export async function joinGroups(
  store: StreamStore,
  streams: readonly string[],
  { group, consumer, options }: GroupRequest,
  principal: Principal | undefined,
): Promise<GroupConsumer[]> {
  const own = `${consumer ?? 'socket'}${MARK}${randomBytes(6).toString('hex')}`;
  const joined: GroupConsumer[] = [];
  try {
    for (const stream of streams) {
      const scope = `streams:write:${stream}`;
      const known = await store.groups.describe(stream, group);
      if (!known) assertScope(principal, scope);
      const mayChange = !principal || hasScope(principal.scopes, scope);
      const member = { stream, group, consumer: own };
      joined.push(await GroupConsumer.join(store, member, mayChange ? options : {}));
      if (consumer === undefined) continue;
      // It has come again, and the socket that it had before may not have been seen to end.
      const before = known?.consumers.filter((each) => each.consumer.startsWith(`${consumer}${MARK}`)) ?? [];
      for (const { consumer: gone } of before)
        await store.groups.release({ ...member, consumer: gone }, { leave: true });
    }
    return joined;
  } catch (error) {
    await Promise.allSettled(joined.map((each) => each.leave(true)));
    throw error;
  }
}
