import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { endIfRefused } from '../../app/session.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { TextField } from './field.js';
import { Notice } from '../display/notice.js';
import { textOf } from '../formats/text-of.js';

interface ConfirmProps {
  readonly title: string;
  /** What happens, and that it cannot be undone. */
  readonly children: ComponentChildren;
  /** Text of the button, such as "Delete". */
  readonly action: string;
  /** What must be typed first, such as the name of the stream; nothing where the loss is small. */
  readonly typed?: string;
  readonly onConfirm: () => unknown;
  readonly onClose: () => void;
}

/** Asks once more before something is lost. */
export function Confirm({ title, children, action, typed, onConfirm, onClose }: ConfirmProps) {
  const [text, setText] = useState('');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure('');
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      if (!endIfRefused(error)) setFailure(textOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <div class="text">{children}</div>
        {typed !== undefined && (
          <TextField
            label="To go on, type its name"
            hint={<code>{typed}</code>}
            value={text}
            onInput={setText}
            autocomplete="off"
            mono
          />
        )}
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" busy={busy} disabled={typed !== undefined && text !== typed}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
