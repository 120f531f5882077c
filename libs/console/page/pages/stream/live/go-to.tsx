import { useState } from 'preact/hooks';
import { go, link } from '../../../app/route.js';
import { Button } from '../../../parts/controls/button.js';
import { TextField } from '../../../parts/controls/field.js';
import { POSITION_HINT, readPosition } from '../../../parts/formats/position.js';

/** Goes to a place in the stream, which becomes part of the address. */
export function GoTo({ stream }: { readonly stream: string }) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (readPosition(text) === undefined) setFault(`“${text}” is not a place. ${POSITION_HINT}.`);
    else go(link(['streams', stream, 'live'], { from: text.trim() }));
  };
  return (
    <form class="stream-bar" onSubmit={submit}>
      <div class="grow">
        <TextField
          label="Go to an ID or a time"
          placeholder="2026-12-01 14:00"
          value={text}
          onInput={(value) => {
            setText(value);
            setFault('');
          }}
          fault={fault || undefined}
          mono
        />
      </div>
      <Button type="submit" disabled={text.trim() === ''}>
        Go
      </Button>
    </form>
  );
}
