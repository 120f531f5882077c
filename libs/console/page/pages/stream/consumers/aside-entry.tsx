import { NotFoundError } from '@millrace/client/browser';
import { server } from '../../../app/servers.js';
import { Button } from '../../../parts/controls/button.js';
import { contentOf, endingOf } from '../../../parts/formats/content.js';
import { Dialog } from '../../../parts/controls/dialog.js';
import { download } from '../../../parts/formats/download.js';
import { EntryData } from '../../../parts/display/entry-data.js';
import { bytes, dateTime, timeOfId } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { ShowLoaded } from '../../../parts/loading/show-loaded.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';

interface AsideEntryProps {
  readonly stream: string;
  readonly group: string;
  readonly id: string;
  readonly onClose: () => void;
}

/** One entry that was set aside, to find out why nobody could handle it. */
export function AsideEntry({ stream, group, id, onClose }: AsideEntryProps) {
  const entry = useLoaded(
    async (signal) => {
      try {
        return { data: await server('streams').streams.readSetAside(stream, group, id, { signal }) };
      } catch (error) {
        // Only a copy of a small entry outlives the entry in the stream.
        if (error instanceof NotFoundError) return { data: undefined };
        throw error;
      }
    },
    [stream, group, id],
  );
  return (
    <Dialog title={`Entry ${id}`} onClose={onClose}>
      <div class="body">
        <ShowLoaded of={entry} what="the bytes of the entry">
          {({ data }) =>
            data === undefined ? (
              <Notice kind="info">Its bytes are not kept any more, or it is not set aside any more.</Notice>
            ) : (
              <Content data={data} id={id} stream={stream} />
            )
          }
        </ShowLoaded>
      </div>
    </Dialog>
  );
}

interface ContentProps {
  readonly data: Uint8Array;
  readonly id: string;
  readonly stream: string;
}

function Content({ data, id, stream }: ContentProps) {
  return (
    <>
      <div class="row">
        <div class="grow soft">
          {bytes(data.length)}, of {dateTime(timeOfId(id))}
        </div>
        <Button onClick={() => download(`${stream}-${id}.${endingOf(contentOf(data))}`, data.slice())}>Download</Button>
      </div>
      <EntryData data={data} />
    </>
  );
}
