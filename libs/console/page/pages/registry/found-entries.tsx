import type { RegistryEntries } from '@millrace/client/browser';
import { Button } from '../../parts/controls/button.js';
import { Empty } from '../../parts/display/empty.js';
import { count } from '../../parts/formats/format.js';
import { Notice } from '../../parts/display/notice.js';
import { EntryTable } from './entry-table.js';
import type { RegistryFilter } from './registry-filter.js';

interface FoundEntriesProps {
  readonly partition: string;
  readonly filter: RegistryFilter;
  readonly found: RegistryEntries & { readonly at: number };
  /** Asks for more of them, where that is possible. */
  readonly onMore: (() => void) | undefined;
  readonly onRetract: (uid: string) => void;
}

/** The entries that match, and how many they are. */
export function FoundEntries({ partition, filter, found, onMore, onRetract }: FoundEntriesProps) {
  const { entries, more, at } = found;
  if (entries.length === 0) return <NoEntries filter={filter} />;
  const live = entries.filter((entry) => entry.live).length;
  const expired = entries.length - live;
  return (
    <>
      <p class="soft">
        {count(live)} live{expired > 0 && `, ${count(expired)} expired`}
        {more && ', and more'}
      </p>
      {more && (
        <Notice kind="info">
          Only the first {count(entries.length)} are here. Narrow them down by a pattern or a data type
          {onMore ? (
            <>
              , or <Button onClick={onMore}>get up to 10,000</Button>
            </>
          ) : (
            '.'
          )}
        </Notice>
      )}
      <EntryTable partition={partition} entries={entries} at={at} onRetract={onRetract} />
    </>
  );
}

function NoEntries({ filter: { pattern, dataType, liveOnly } }: { readonly filter: RegistryFilter }) {
  if (pattern || dataType || liveOnly)
    return <Empty>Nothing matches. A pattern has to match the whole name, a data type exactly.</Empty>;
  return (
    <Empty>
      Nothing is published in this partition. An entry appears as soon as a program publishes it, by{' '}
      <code>POST /publish</code> or <code>millrace.registry.publish()</code>.
    </Empty>
  );
}
