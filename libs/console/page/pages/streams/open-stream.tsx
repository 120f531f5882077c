import { streamNameFault } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { go } from '../../app/route.js';
import { Button } from '../../parts/controls/button.js';
import { TextField } from '../../parts/controls/field.js';
import { linkToStream } from '../stream/views.js';

const MOST_SUGGESTIONS = 100;

/** Opens a stream by its name, also one that does not exist yet. */
export function OpenStream({ names }: { readonly names: readonly string[] }) {
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const suggestions = name === '' ? [] : names.filter((one) => one.includes(name)).slice(0, MOST_SUGGESTIONS);

  const submit = (event: Event): void => {
    event.preventDefault();
    const reason = streamNameFault(name);
    if (reason) setFault(`No stream can be named so: ${reason}`);
    else go(linkToStream(name));
  };

  return (
    <form class="row open-stream" onSubmit={submit}>
      <div class="grow">
        <TextField
          label="Name of a stream"
          bare
          placeholder="Open by name"
          value={name}
          onInput={(text) => {
            setName(text);
            setFault('');
          }}
          fault={fault || undefined}
          autocomplete="off"
          suggestions={suggestions}
          mono
        />
      </div>
      <Button type="submit" disabled={name === ''}>
        Open
      </Button>
    </form>
  );
}
