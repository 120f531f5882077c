import { useState } from 'preact/hooks';
import { link } from '../../../app/route.js';
import { server } from '../../../app/servers.js';
import { Button } from '../../../parts/controls/button.js';
import { contentOf, endingOf } from '../../../parts/formats/content.js';
import { CopyText } from '../../../parts/controls/copy-text.js';
import { Dialog } from '../../../parts/controls/dialog.js';
import { download } from '../../../parts/formats/download.js';
import { idBefore } from '../../../parts/formats/position.js';
import type { Frame } from '../feed/frame.js';

interface SaveFrameProps {
  readonly stream: string;
  /** The picture that is shown at the moment: the page hears about it now and then, and the picture changes more often. */
  readonly shown: () => Frame;
}

/** Takes a picture away: its bytes as they were pushed, or a link to it. */
export function SaveFrame({ stream, shown }: SaveFrameProps) {
  const [linked, setLinked] = useState<Frame>();
  const save = async (): Promise<void> => {
    const frame = shown();
    const bytes = frame.isConverted ? await readOriginal(stream, frame.id) : frame.bytes;
    download(`${stream}-${frame.id}.${endingOf(contentOf(bytes))}`, bytes as Uint8Array<ArrayBuffer>);
  };
  const address =
    linked && `${location.href.replace(/#.*/s, '')}${link(['streams', stream, 'picture'], { id: linked.id })}`;
  return (
    <>
      <Button label={`Save the picture of ${stream}`} onClick={save}>
        Save
      </Button>
      <Button label={`Link to the picture of ${stream}`} onClick={() => setLinked(shown())}>
        Link
      </Button>
      {address && (
        <Dialog title="Link to this picture" onClose={() => setLinked(undefined)}>
          <div class="body">
            <CopyText label="Address" text={address} />
            <p class="soft small">It shows this picture for as long as the stream keeps it.</p>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** The bytes of an entry. @throws Error when the stream keeps it no more */
export async function readOriginal(stream: string, id: string, signal?: AbortSignal): Promise<Uint8Array> {
  const [entry] = await server('streams').streams.read(stream, {
    after: idBefore(id),
    count: 1,
    onGap: () => undefined,
    signal,
  });
  if (entry?.id !== id) throw new Error(`The stream does not keep the entry ${id} any more.`);
  return entry.data;
}
