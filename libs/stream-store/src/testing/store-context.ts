import { validateOptions } from '@millrace/core/options';
import type { RetentionOptions } from '../api/stream-retention.js';
import { STREAM_STORE_OPTIONS_SCHEMA } from '../stream-store.options.js';
import type { StreamLimits } from '../api/stream-limits.js';
import type { StreamStoreDriver } from '../api/stream-store.driver.js';

/**
 * What the module hands to a driver, with every default filled in: opens a store without a Nest application.
 *
 * @example
 * ```ts
 * const store = await memoryStore().create(storeContext({ retention: { maxLength: 10 } }));
 * ```
 */
export function storeContext(
  options: { retention?: RetentionOptions; limits?: Partial<StreamLimits> } = {},
): Parameters<StreamStoreDriver['create']>[0] {
  const { retention, limits } = validateOptions('StreamStoreModule', STREAM_STORE_OPTIONS_SCHEMA, options);
  return { retention, limits };
}
