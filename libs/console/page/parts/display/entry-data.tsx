import { useEffect, useMemo, useState } from 'preact/hooks';
import { Choice } from '../controls/field.js';
import { type Content, contentOf, textOfBytes } from '../formats/content.js';
import { Hex } from './hex.js';
import { JsonTree } from './json-tree.js';

type Form = 'tree' | 'text' | 'hex' | 'picture';

const NAMES: Readonly<Record<Form, string>> = { tree: 'JSON tree', text: 'Text', hex: 'Bytes', picture: 'Picture' };
const USUAL: Readonly<Record<Content['kind'], Form>> = {
  json: 'tree',
  text: 'text',
  binary: 'hex',
  picture: 'picture',
};

/** Letters that are shown at the most. */
const LONGEST = 100_000;

/** The bytes of an entry as a tree, as text, as a dump or as a picture: as it seems right, or as the user says. */
export function EntryData({ data }: { readonly data: Uint8Array }) {
  const content = useMemo(() => contentOf(data), [data]);
  const [wanted, setWanted] = useState<Form | 'auto'>('auto');
  const forms = formsOf(content);
  const form = wanted !== 'auto' && forms.includes(wanted) ? wanted : USUAL[content.kind];
  const choices = Object.fromEntries(forms.map((one) => [one, NAMES[one]])) as Readonly<Record<Form, string>>;
  return (
    <div class="stack">
      <Choice label="Shown as" value={form} onChange={setWanted} choices={choices} />
      {form === 'tree' && content.kind === 'json' && (
        <div class="json" tabIndex={0} role="group" aria-label="JSON">
          <JsonTree value={content.value} open={2} />
        </div>
      )}
      {form === 'text' && (
        <Text text={content.kind === 'json' || content.kind === 'text' ? content.text : textOf(data)} />
      )}
      {form === 'hex' && <Hex data={data} />}
      {form === 'picture' && content.kind === 'picture' && <Picture data={data} type={content.type} />}
    </div>
  );
}

function formsOf({ kind }: Content): readonly Form[] {
  if (kind === 'json') return ['tree', 'text', 'hex'];
  if (kind === 'picture') return ['picture', 'hex'];
  return ['text', 'hex'];
}

function textOf(data: Uint8Array): string {
  return textOfBytes(data) ?? new TextDecoder().decode(data.subarray(0, LONGEST));
}

function Text({ text }: { readonly text: string }) {
  if (text === '') return <p class="soft">This entry is empty.</p>;
  return (
    <pre class="entry-text" tabIndex={0} aria-label="Text">
      {text.slice(0, LONGEST)}
      {text.length > LONGEST && `\n… and ${text.length - LONGEST} letters more`}
    </pre>
  );
}

function Picture({ data, type }: { readonly data: Uint8Array; readonly type: string }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([data as Uint8Array<ArrayBuffer>], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data, type]);
  return url ? <img class="entry-picture" src={url} alt="The picture in this entry" /> : null;
}
