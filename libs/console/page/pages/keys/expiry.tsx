import type { ApiKeyInfo } from '@millrace/protocol';
import { Badge } from '../../parts/display/badge.js';
import { dateTime, span } from '../../parts/formats/format.js';

const DAY = 86_400_000;
/** Before its end, a key is pointed out for so long. */
const SOON = 7 * DAY;

/** When a key runs out, in milliseconds since 1970; infinite for one that never does. */
export function expiryTime({ expires }: ApiKeyInfo): number {
  return expires === null ? Infinity : Date.parse(expires);
}

/** When a key runs out, and whether it has. */
export function Expiry({ of: key }: { readonly of: ApiKeyInfo }) {
  const left = expiryTime(key) - Date.now();
  if (left === Infinity) return <span class="soft">never</span>;
  return (
    <span class="nowrap" title={dateTime(key.expires!)}>
      {left <= 0 ? (
        <Badge kind="error">run out</Badge>
      ) : left < SOON ? (
        <Badge kind="warning">in {span(left)}</Badge>
      ) : (
        `in ${span(left)}`
      )}
    </span>
  );
}
