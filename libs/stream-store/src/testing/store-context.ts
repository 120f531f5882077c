import type { StreamStoreDriver } from '../api/stream-store.driver.js';
import { STREAM_STORE_OPTIONS, type StreamStoreOptions } from '../stream-store.options.js';

/**
 * What the module hands to a driver, with every default filled in: opens a store without a Nest application.
 *
 * @example
 * ```ts
 * const store = await memoryStore().create(storeContext({ retention: { maxLength: 10 } }));
 * ```
 */
export function storeContext(
  options: Pick<StreamStoreOptions, 'retention' | 'limits'> = {},
): Parameters<StreamStoreDriver['create']>[0] {
  const { retention, limits } = STREAM_STORE_OPTIONS.read(options);
  return { retention, limits };
}
