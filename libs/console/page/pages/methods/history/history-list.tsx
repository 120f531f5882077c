import { useState } from 'preact/hooks';
import { go, link } from '../../../app/route.js';
import { Badge } from '../../../parts/display/badge.js';
import { Button } from '../../../parts/controls/button.js';
import { CopyText } from '../../../parts/controls/copy-text.js';
import { Dialog } from '../../../parts/controls/dialog.js';
import { Empty } from '../../../parts/display/empty.js';
import { bytes } from '../../../parts/formats/format.js';
import { type Column, Table } from '../../../parts/controls/table.js';
import { took } from '../call/took.js';
import { asCurl, asJsonRpc } from './call-text.js';
import { again, type CallEnd, calls, isComplete, MOST_CALLS, type PastCall } from './history.js';

const KINDS: Readonly<Record<CallEnd, 'info' | 'good' | 'error' | 'warning'>> = {
  running: 'info',
  answered: 'good',
  failed: 'error',
  cancelled: 'warning',
};

/** Letters of the params that are shown. */
const SHOWN = 200;

/** The calls of this visit. */
export function HistoryList() {
  const [shown, setShown] = useState<PastCall | undefined>();
  const columns: readonly Column<PastCall>[] = [
    { name: 'Time', cell: ({ at }) => <span class="unbroken">{at.toLocaleTimeString()}</span> },
    {
      name: 'Method',
      cell: ({ method }) => (
        <a class="roomy" href={link(['methods', method])}>
          {method}
        </a>
      ),
    },
    { name: 'Params', cell: (call) => <span class="mono">{paramsText(call)}</span> },
    {
      name: 'End',
      cell: ({ end, reason }) => (
        <>
          <Badge kind={KINDS[end]}>{end}</Badge> {reason !== undefined && <span class="small">{reason}</span>}
        </>
      ),
    },
    {
      name: 'Took',
      numeric: true,
      cell: ({ milliseconds }) => (milliseconds === undefined ? '' : took(milliseconds)),
    },
    {
      name: 'Actions',
      bare: true,
      cell: (call) => (
        <>
          {isComplete(call) && (
            <Button kind="plain" label={`Call again: ${call.method}`} onClick={() => callAgain(call)}>
              Call again
            </Button>
          )}
          <Button kind="plain" label={`Copy the call of ${call.method}`} onClick={() => setShown(call)}>
            Copy
          </Button>
        </>
      ),
    },
  ];
  return (
    <section class="stack" aria-labelledby="calls">
      <h2 id="calls">Calls of this visit</h2>
      {calls.value.length === 0 ? (
        <Empty>
          Nothing has been called yet. The last {MOST_CALLS} calls stand here until you close or reload the page.
        </Empty>
      ) : (
        <Table
          label="Calls of this visit"
          columns={columns}
          rows={calls.value}
          keyOf={({ number }) => String(number)}
        />
      )}
      {shown && (
        <Dialog title={`Call of ${shown.method}`} onClose={() => setShown(undefined)}>
          <div class="body">
            <CopyText label="JSON-RPC" text={asJsonRpc(shown)} />
            {shown.size === 0 ? (
              <CopyText label="curl, with a token of yours in $TOKEN" text={asCurl(shown)} />
            ) : (
              <p>Bytes went with this call, which is possible on a WebSocket only, so there is no command for it.</p>
            )}
          </div>
        </Dialog>
      )}
    </section>
  );
}

function callAgain(call: PastCall): void {
  again.value = call;
  go(link(['methods', call.method]));
}

function paramsText({ params, size }: PastCall): string {
  const text = params === undefined ? '' : JSON.stringify(params);
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return size > 0 ? `${cut} + ${bytes(size)}` : cut;
}
