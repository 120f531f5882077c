import { thrownText } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { Choice, TextArea } from '../../../parts/controls/field.js';
import { bytes } from '../../../parts/formats/format.js';
import { LARGEST_ENTRY } from './publisher.js';
import { Repeat } from './repeat.js';

type Kind = 'json' | 'text';

/** Writes an entry, sends it once or again and again. */
export function TextForm({ send }: { readonly send: (data: Uint8Array) => Promise<string> }) {
  const [kind, setKind] = useState<Kind>('json');
  const [text, setText] = useState('');
  const data = new TextEncoder().encode(text);
  const fault = faultOf(kind, text, data.length);
  const isReady = fault === undefined && (kind === 'text' || text.trim() !== '');

  const once = async (): Promise<void> => {
    announce(`Stored as ${await send(data)}.`);
  };
  const pretty = (): void => setText(JSON.stringify(JSON.parse(text), undefined, 2));

  return (
    <section class="card stack" aria-labelledby="write">
      <h2 id="write">Write an entry</h2>
      <Choice
        label="What it is"
        value={kind}
        onChange={setKind}
        choices={{ json: 'JSON, checked before it is sent', text: 'Text, sent as it stands' }}
      />
      <TextArea
        label="Entry"
        value={text}
        onInput={setText}
        rows={8}
        placeholder={kind === 'json' ? '{ "temperature": 21.5 }' : 'Any text; it goes as UTF-8'}
        fault={fault}
        hint={bytes(data.length)}
      />
      <div class="row">
        <Button kind="main" onClick={once} disabled={!isReady}>
          Publish
        </Button>
        {kind === 'json' && (
          <Button onClick={pretty} disabled={!isReady}>
            Indent
          </Button>
        )}
      </div>
      <Repeat send={() => send(data)} isReady={isReady} />
    </section>
  );
}

function faultOf(kind: Kind, text: string, size: number): string | undefined {
  if (size > LARGEST_ENTRY) return `An entry has at most ${bytes(LARGEST_ENTRY)}; this one has ${bytes(size)}.`;
  if (kind === 'text' || text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is not JSON: ${thrownText(error)}`;
  }
}
