import { NotFoundError } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { Button } from '../../../parts/button.js';
import { Dialog } from '../../../parts/dialog.js';
import { download } from '../../../parts/download.js';
import { Choice } from '../../../parts/field.js';
import { bytes, dateTime, timeOfId } from '../../../parts/format.js';
import { Hex } from '../../../parts/hex.js';
import { JsonTree } from '../../../parts/json-tree.js';
import { Notice } from '../../../parts/notice.js';
import { ShowLoaded } from '../../../parts/show-loaded.js';
import { useLoaded } from '../../../parts/use-loaded.js';

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

const FORMS = { json: 'JSON', text: 'Text', hex: 'Bytes' } as const;
type Form = keyof typeof FORMS;

interface ContentProps {
  readonly data: Uint8Array;
  readonly id: string;
  readonly stream: string;
}

function Content({ data, id, stream }: ContentProps) {
  const text = textOf(data);
  const json = text === undefined ? undefined : jsonOf(text);
  const [chosen, setForm] = useState<Form | undefined>();
  const form = chosen ?? (json !== undefined ? 'json' : text !== undefined ? 'text' : 'hex');
  return (
    <>
      <div class="row">
        <div class="grow soft">
          {bytes(data.length)}, of {dateTime(timeOfId(id))}
        </div>
        <Choice label="Show as" bare value={form} onChange={setForm} choices={FORMS} />
        <Button onClick={() => download(`${stream}-${id}${json !== undefined ? '.json' : '.bin'}`, data.slice())}>
          Download
        </Button>
      </div>
      {form === 'json' &&
        (json === undefined ? (
          <Notice kind="info">This is not JSON.</Notice>
        ) : (
          <JsonTree value={json.value} open={2} />
        ))}
      {form === 'text' &&
        (text === undefined ? <Notice kind="info">This is not text in UTF-8.</Notice> : <pre>{text}</pre>)}
      {form === 'hex' && <Hex data={data} />}
    </>
  );
}

/** Undefined for what is not UTF-8. */
function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** Undefined for what is not JSON; in an object, since `null` is JSON too. */
function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
