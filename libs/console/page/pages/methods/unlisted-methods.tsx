import { useState } from 'preact/hooks';
import { go, link } from '../../app/route.js';
import { Button } from '../../parts/controls/button.js';
import { TextField } from '../../parts/controls/field.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { CallForm } from './call/call-form.js';

/** For users who may call some methods, and may not ask which there are. */
export function UnlistedMethods({ name }: { readonly name: string | undefined }) {
  const [text, setText] = useState(name ?? '');
  return (
    <>
      <Heading title={name ?? 'Methods'} />
      <Notice kind="info">
        You may not ask which methods there are; that takes the scope <code>rpc:call:rpc.discover</code>. What you may
        call, you can call by its name.
      </Notice>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== '') go(link(['methods', text]));
        }}
      >
        <div class="grow">
          <TextField
            label="Name of the method"
            bare
            placeholder="Name of the method"
            value={text}
            onInput={setText}
            mono
          />
        </div>
        <Button type="submit">Open</Button>
      </form>
      {name !== undefined && <CallForm key={name} name={name} method={undefined} />}
    </>
  );
}
