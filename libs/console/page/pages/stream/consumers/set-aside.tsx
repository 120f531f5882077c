import type { GroupInfo } from '@millrace/client/browser';
import type { WireSetAsideEntry } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { may } from '../../../app/session.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { Confirm } from '../../../parts/controls/confirm.js';
import { ago, count, dateTime, timeOfId } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { ShowLoaded } from '../../../parts/loading/show-loaded.js';
import { type Column, Table } from '../../../parts/controls/table.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import { AsideEntry } from './aside-entry.js';

interface SetAsideProps {
  readonly stream: string;
  readonly group: GroupInfo;
  readonly onChanged: () => void;
}

/** What is asked before entries are lost: an ID, or `*` for all. */
type Lost = string | undefined;

/** The entries that a group has set aside, since no consumer could handle them. */
export function SetAside({ stream, group, onChanged }: SetAsideProps) {
  const { group: name, setAside, dropped, maxDeliveries } = group;
  const [looked, setLooked] = useState<string | undefined>();
  const [lost, setLost] = useState<Lost>();
  const canWrite = may(`streams:write:${stream}`);
  const entries = useLoaded(
    async () => (setAside === 0 ? [] : server('streams').streams.setAside(stream, name)),
    // Asked anew when the number of them has changed.
    [stream, name, setAside],
  );

  const changed = (): void => {
    entries.reload();
    onChanged();
  };
  const requeue = async (id: string): Promise<void> => {
    const { length } = await server('streams').streams.requeue(stream, name, id);
    if (length === 0) announce('Nothing was handed out again: the stream does not keep it any more.', 'error');
    else announce(length === 1 ? 'One entry is handed out again.' : `${count(length)} entries are handed out again.`);
    changed();
  };

  return (
    <div class="stack">
      <div class="row">
        <h3 class="grow">Set aside: {count(setAside)}</h3>
        {canWrite && setAside > 0 && (
          <>
            <Button onClick={() => requeue('*')}>Hand all out again</Button>
            <Button kind="plain" onClick={() => setLost('*')}>
              Discard all
            </Button>
          </>
        )}
      </div>
      {dropped > 0 && (
        <Notice kind="warning">
          {count(dropped)} more had to go, as a group keeps 1,000 entries set aside, and 16 MiB of them, at the most.
        </Notice>
      )}
      {setAside === 0 ? (
        <p class="soft">
          Nothing. An entry comes here that was handed out {count(maxDeliveries)} times without an acknowledgement, or
          that a consumer puts aside.
        </p>
      ) : (
        <ShowLoaded of={entries} what="what was set aside">
          {(found) => (
            <Table
              label={`Entries that ${name} has set aside`}
              columns={columns({ canWrite, look: setLooked, requeue, discard: setLost })}
              rows={found}
              keyOf={({ id }) => id}
            />
          )}
        </ShowLoaded>
      )}
      {looked !== undefined && (
        <AsideEntry stream={stream} group={name} id={looked} onClose={() => setLooked(undefined)} />
      )}
      {lost !== undefined && (
        <Confirm
          title={lost === '*' ? 'Discard all entries set aside?' : 'Discard this entry?'}
          action="Discard"
          onConfirm={async () => {
            const gone = await server('streams').streams.discard(stream, name, lost);
            announce(gone === 1 ? 'One entry is discarded.' : `${count(gone)} entries are discarded.`);
            changed();
          }}
          onClose={() => setLost(undefined)}
        >
          <p>
            {lost === '*' ? 'They are' : 'It is'} forgotten by the group, and no consumer of it gets{' '}
            {lost === '*' ? 'them' : 'it'}. What the stream itself keeps stays in the stream. This cannot be undone.
          </p>
        </Confirm>
      )}
    </div>
  );
}

interface RowActions {
  readonly canWrite: boolean;
  readonly look: (id: string) => void;
  readonly requeue: (id: string) => Promise<void>;
  readonly discard: (id: string) => void;
}

function columns({ canWrite, look, requeue, discard }: RowActions): Column<WireSetAsideEntry>[] {
  return [
    {
      name: 'Entry',
      sortBy: ({ id }) => timeOfId(id),
      cell: ({ id }) => (
        <button type="button" class="link mono nowrap" onClick={() => look(id)}>
          {id}
        </button>
      ),
    },
    { name: 'Reason', sortBy: ({ reason }) => reason, cell: ({ reason }) => <span class="break">{reason}</span> },
    {
      name: 'Attempts',
      numeric: true,
      sortBy: ({ deliveries }) => deliveries,
      cell: ({ deliveries }) => count(deliveries),
    },
    {
      name: 'Consumer',
      sortBy: ({ consumer }) => consumer,
      cell: ({ consumer }) => <span class="break">{consumer}</span>,
    },
    {
      name: 'When',
      sortBy: ({ at }) => at,
      cell: ({ at }) => (
        <span class="nowrap" title={dateTime(at)}>
          {ago(at)}
        </span>
      ),
    },
    {
      name: 'Actions',
      bare: true,
      cell: ({ id }) =>
        canWrite && (
          <div class="stream-bar">
            <Button kind="plain" label={`Hand out again: ${id}`} onClick={() => requeue(id)}>
              Hand out again
            </Button>
            <Button kind="plain" label={`Discard ${id}`} onClick={() => discard(id)}>
              Discard
            </Button>
          </div>
        ),
    },
  ];
}
