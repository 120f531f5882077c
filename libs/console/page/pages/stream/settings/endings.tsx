import type { StreamInfo } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { go, link } from '../../../app/route.js';
import { server } from '../../../app/servers.js';
import { may } from '../../../app/session.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { Confirm } from '../../../parts/controls/confirm.js';
import { DeleteStream } from '../../../parts/controls/delete-stream.js';

interface EndingsProps {
  readonly info: StreamInfo;
  readonly onChanged: () => void;
}

/** What cannot be undone: to end a stream, and to delete it. */
export function Endings({ info, onChanged }: EndingsProps) {
  const [asked, setAsked] = useState<'end' | 'delete' | undefined>();
  const { stream } = info;
  const mayEnd = may(`streams:write:${stream}`);
  const mayDelete = may(`streams:delete:${stream}`);
  if (!mayEnd && !mayDelete) return null;

  const end = async (): Promise<void> => {
    await server('streams').streams.end(stream);
    announce(`“${stream}” takes no more entries.`);
    onChanged();
  };
  const close = (): void => setAsked(undefined);

  return (
    <section class="card stack" aria-labelledby="endings">
      <h2 id="endings">End or delete</h2>
      {mayEnd &&
        (info.ended ? (
          <p>This stream was ended for good: it takes no more entries. Only after it was deleted it may begin anew.</p>
        ) : (
          <div class="row">
            <Button onClick={() => setAsked('end')} disabled={!info.exists}>
              End for good
            </Button>
            <span class="soft grow">
              It takes no more entries; what it has stays. Readers that have everything are told that this was all.
            </span>
          </div>
        ))}
      {mayDelete && (
        <div class="row">
          <Button kind="danger" onClick={() => setAsked('delete')} disabled={!info.exists && !info.metadata}>
            Delete
          </Button>
          <span class="soft grow">Removes its entries and its metadata.</span>
        </div>
      )}
      {asked === 'end' && (
        <Confirm title="End this stream for good?" action="End for good" onConfirm={end} onClose={close}>
          “{stream}” will take no more entries. Only a deletion lets it begin anew.
        </Confirm>
      )}
      {asked === 'delete' && (
        <DeleteStream stream={stream} entries={info.length} onDeleted={() => go(link(['streams']))} onClose={close} />
      )}
    </section>
  );
}
