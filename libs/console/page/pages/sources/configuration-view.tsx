import { useEffect, useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { TextArea } from '../../parts/controls/field.js';
import { Notice } from '../../parts/display/notice.js';
import { readJsonObject } from '../../parts/formats/read-json.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { useSubmit } from '../../parts/loading/use-submit.js';
import type { SourceViewProps } from './views.js';

/** The configuration document of a source, to be changed. */
export function ConfigurationView({ source: { name } }: SourceViewProps) {
  const loaded = useLoaded((signal) => server('sources').sources.get(name, { signal }), [name], { every: 5000 });
  return (
    <ShowLoaded of={loaded} what="the configuration">
      {({ configuration }) => (
        <ConfigurationForm name={name} stored={JSON.stringify(configuration, undefined, 2)} onSaved={loaded.reload} />
      )}
    </ShowLoaded>
  );
}

interface ConfigurationFormProps {
  readonly name: string;
  /** As the server has it at present. */
  readonly stored: string;
  readonly onSaved: () => void;
}

function ConfigurationForm({ name, stored, onSaved }: ConfigurationFormProps) {
  const [text, setText] = useState(stored);
  /** What the text was made of. */
  const [base, setBase] = useState(stored);
  const { value, fault } = readJsonObject(text);
  const isChanged = text !== base;
  const isForeign = isChanged && stored !== base;

  const take = (document: string): void => {
    setText(document);
    setBase(document);
  };
  // What somebody else has saved comes in by itself, as long as nothing was typed here.
  useEffect(() => {
    if (!isChanged && stored !== base) take(stored);
  }, [stored]);

  const { submit, busy, failure } = useSubmit(async () => {
    if (!value) return;
    await server('sources').sources.configure(name, value);
    take(JSON.stringify(value, undefined, 2));
    announce(`The configuration of ${name} is saved. Its connector claims it anew.`);
    onSaved();
  });

  return (
    <form class="stack" onSubmit={submit}>
      {isForeign && (
        <Notice kind="warning">
          Somebody else has saved another configuration in the meantime.{' '}
          <Button onClick={() => take(stored)}>Take theirs</Button>
        </Notice>
      )}
      <TextArea
        label="Configuration"
        hint="A JSON object. When it is saved, the connector is asked to claim the source anew, and gets it."
        fault={fault && `The configuration ${fault}`}
        rows={Math.min(30, Math.max(8, text.split('\n').length + 1))}
        value={text}
        onInput={setText}
      />
      {failure && <Notice kind="error">{failure}</Notice>}
      <div class="row">
        <Button type="submit" kind="main" busy={busy} disabled={!isChanged || fault !== undefined}>
          Save
        </Button>
        <Button disabled={fault !== undefined} onClick={() => setText(JSON.stringify(value, undefined, 2))}>
          Format
        </Button>
        <Button disabled={!isChanged} onClick={() => take(stored)}>
          Undo changes
        </Button>
      </div>
    </form>
  );
}
