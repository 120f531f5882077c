import { NotFoundError } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { go, link } from '../../app/route.js';
import { server } from '../../app/servers.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Dialog } from '../../parts/controls/dialog.js';
import { TextArea, TextField } from '../../parts/controls/field.js';
import { Notice } from '../../parts/display/notice.js';
import { readJsonObject } from '../../parts/formats/read-json.js';
import { useSubmit } from '../../parts/loading/use-submit.js';

/** Makes a source, which a connector can then claim. */
export function NewSource({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [text, setText] = useState('{}');
  const { value, fault } = readJsonObject(text);
  const { submit, busy, failure } = useSubmit(async () => {
    if (!value) return;
    const { sources } = server('sources');
    if (await exists(name))
      throw new Error(`There is a source “${name}” already. Open it to change its configuration.`);
    await sources.configure(name, value);
    announce(`The source ${name} is made.`);
    onClose();
    go(link(['sources', name]));
  });
  return (
    <Dialog title="New source" onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          label="Name"
          hint="A connector claims the source by it"
          value={name}
          onInput={setName}
          autocomplete="off"
          mono
          required
        />
        <TextArea
          label="Configuration"
          hint="A JSON object, which the connector is given"
          fault={fault && `The configuration ${fault}`}
          value={text}
          onInput={setText}
        />
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={busy} disabled={name === '' || fault !== undefined}>
            Make the source
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

async function exists(name: string): Promise<boolean> {
  try {
    await server('sources').sources.get(name);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}
