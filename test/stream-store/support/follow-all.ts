import type { StreamGap, StreamStore } from '@millrace/stream-store';

/** What a follower was given, in its order. */
export interface Followed {
  readonly texts: string[];
  readonly gaps: StreamGap[];
  readonly error: unknown;
  stop(): Promise<void>;
}

/** Follows streams and keeps what comes. */
export function followAll(store: StreamStore, streams: readonly string[], after = '0'): Followed {
  const ending = new AbortController();
  const followed = { texts: [] as string[], gaps: [] as StreamGap[], error: undefined as unknown };
  const following = (async () => {
    for await (const { entries, gaps } of store.follow(streams, { after, signal: ending.signal })) {
      followed.gaps.push(...gaps);
      followed.texts.push(...entries.map(({ data }) => data.toString()));
    }
  })().catch((error: unknown) => (followed.error = error));
  return Object.assign(followed, {
    stop: async () => {
      ending.abort();
      await following;
    },
  });
}
