import { NotFoundError, type RegistryEntries, ResponseError } from '@millrace/client/browser';
import { useRef, useState } from 'preact/hooks';
import { link } from '../../app/route.js';
import { server } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Confirm } from '../../parts/controls/confirm.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { textOf } from '../../parts/formats/text-of.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { ChangeFeed } from './change-feed.js';
import { FilterForm } from './filter-form.js';
import { FoundEntries } from './found-entries.js';
import { mayRetract } from './entry-table.js';
import { useChanges } from './use-changes.js';
import { useFilter } from './registry-filter.js';

/** Entries that are asked for at first, and at the most. */
const FIRST = 1000;
const MOST = 10_000;

/** One partition: its entries, and what happens to them. */
export function PartitionPage({ partition }: { readonly partition: string }) {
  const { filter, typed, change } = useFilter(partition);
  const [most, setMost] = useState(FIRST);
  const [retracted, setRetracted] = useState<string | undefined>();
  const [isRetractingAll, setRetractingAll] = useState(false);
  const { pattern, dataType, liveOnly } = filter;

  const refused = useRef<{ readonly pattern: string; readonly error: unknown } | undefined>(undefined);
  const loaded = useLoaded(
    async (signal) => {
      // The same pattern is not asked for again and again.
      if (refused.current?.pattern === pattern) throw refused.current.error;
      const query = {
        pattern: pattern || undefined,
        dataType: dataType || undefined,
        expired: !liveOnly,
        count: most,
      };
      const found = await server('registry')
        .registry.entries(partition, query, { signal })
        .catch((error: unknown) => {
          if (refusalOf(error) !== undefined) refused.current = { pattern, error };
          return noneWhenUnknown(error);
        });
      return { ...found, at: performance.now() };
    },
    [partition, pattern, dataType, liveOnly, most],
    { every: 2000 },
  );
  const { changes, isFollowing, failure } = useChanges(partition, filter, loaded.reload);
  const fault = refusalOf(loaded.error);
  const { registry } = server('registry');
  const mayRetractAll =
    may(`connectivity:admin:${partition}`) ||
    (loaded.value?.more === false && loaded.value.entries.every((entry) => mayRetract(partition, entry)));

  return (
    <>
      <Heading title={partition} about={<a href={link(['registry'])}>All partitions</a>}>
        {may(`connectivity:write:${partition}`) && mayRetractAll && loaded.value?.entries.length !== 0 && (
          <Button onClick={() => setRetractingAll(true)}>Retract the partition</Button>
        )}
      </Heading>
      <FilterForm
        filter={typed}
        onChange={change}
        types={[...new Set(loaded.value?.entries.map((entry) => entry.dataType))]}
        fault={fault}
      />
      {failure !== undefined && fault === undefined && (
        <Notice kind="error">Changes can no longer be followed: {textOf(failure)}</Notice>
      )}
      {fault === undefined && <ChangeFeed changes={changes} isFollowing={isFollowing} />}
      {fault === undefined && (
        <ShowLoaded of={loaded} what={`the entries of ${partition}`}>
          {(found) => (
            <FoundEntries
              partition={partition}
              filter={filter}
              found={found}
              onMore={most < MOST ? () => setMost(MOST) : undefined}
              onRetract={setRetracted}
            />
          )}
        </ShowLoaded>
      )}
      {retracted !== undefined && (
        <Confirm
          title="Retract this name?"
          action="Retract"
          onClose={() => setRetracted(undefined)}
          onConfirm={async () => {
            await registry.retract(partition, retracted);
            announce(`${retracted} is retracted.`);
            loaded.reload();
          }}
        >
          <p>
            <code>{retracted}</code> is no longer found, with any data type. A program that goes on publishing it brings
            it back.
          </p>
        </Confirm>
      )}
      {isRetractingAll && (
        <Confirm
          title="Retract the whole partition?"
          action="Retract all"
          typed={partition}
          onClose={() => setRetractingAll(false)}
          onConfirm={async () => {
            await registry.retractPartition(partition);
            announce(`Everything in ${partition} is retracted.`);
            loaded.reload();
          }}
        >
          <p>
            Nothing in this partition is found any longer. Programs that go on publishing bring their connections back.
          </p>
        </Confirm>
      )}
    </>
  );
}

/** A partition that nobody publishes in is like one without entries: it appears with the first of them. */
function noneWhenUnknown(error: unknown): RegistryEntries {
  if (error instanceof NotFoundError) return { entries: [], more: false };
  throw error;
}

/** What the server says against the pattern. */
function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof ResponseError) || error.status !== 400) return undefined;
  return typeof error.detail === 'string' ? error.detail : error.message;
}
