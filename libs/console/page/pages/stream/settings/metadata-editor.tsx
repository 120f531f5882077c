import type { StreamMetadata } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { TextArea, Tick } from '../../../parts/controls/field.js';
import { JsonTree } from '../../../parts/display/json-tree.js';
import { Notice } from '../../../parts/display/notice.js';
import { readMetadataText } from './read-metadata-text.js';

interface MetadataEditorProps {
  readonly stream: string;
  readonly metadata: StreamMetadata | undefined;
  readonly mayWrite: boolean;
  readonly onSaved: () => void;
}

const asText = (metadata: StreamMetadata | undefined): string => JSON.stringify(metadata ?? {}, undefined, 2);

/** Free fields about a stream, as JSON. */
export function MetadataEditor({ stream, metadata, mayWrite, onSaved }: MetadataEditorProps) {
  /** Undefined while the user has changed nothing: then what the server says is shown. */
  const [draft, setDraft] = useState<string | undefined>();
  /** What the server said when the user began to change it. */
  const [base, setBase] = useState('');
  const [replaces, setReplaces] = useState(true);
  const text = draft ?? asText(metadata);
  const read = readMetadataText(text);

  const save = async (): Promise<void> => {
    if ('fault' in read) return;
    await server('streams').streams.setMetadata(stream, read.value, { override: replaces });
    setDraft(undefined);
    announce(`The metadata of “${stream}” is saved.`);
    onSaved();
  };

  return (
    <section class="card stack" aria-labelledby="metadata">
      <h2 id="metadata">Metadata</h2>
      {mayWrite ? (
        <>
          <TextArea
            label="Metadata as a JSON object"
            value={text}
            onInput={(changed) => {
              if (draft === undefined) setBase(text);
              setDraft(changed);
            }}
            rows={Math.min(20, Math.max(4, text.split('\n').length + 1))}
            fault={'fault' in read ? read.fault : undefined}
            hint={replaces ? 'What is not in the text is removed.' : 'What is not in the text stays as it is.'}
          />
          {draft !== undefined && base !== asText(metadata) && (
            <Notice kind="warning">
              Somebody else has changed the metadata since you began. “Undo changes” shows what is stored now.
            </Notice>
          )}
          <div class="row">
            <Button kind="main" onClick={save} disabled={draft === undefined || 'fault' in read}>
              Save
            </Button>
            <Button onClick={() => setDraft(undefined)} disabled={draft === undefined}>
              Undo changes
            </Button>
            <Tick label="Replace all fields" checked={replaces} onChange={setReplaces} />
            {draft !== undefined && draft !== asText(metadata) && <span class="soft">Not saved yet</span>}
          </div>
        </>
      ) : metadata ? (
        <JsonTree value={metadata} open={3} />
      ) : (
        <p class="soft">There is none.</p>
      )}
    </section>
  );
}
