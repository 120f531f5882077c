import { useId, useRef, useState } from 'preact/hooks';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { bytes, count } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { LARGEST_ENTRY } from './publisher.js';

/** Sends files, each as one entry, in the order in which they were chosen. */
export function FileForm({ send }: { readonly send: (data: Uint8Array) => Promise<string> }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [done, setDone] = useState<number | undefined>();
  const [failure, setFailure] = useState('');
  const tooLarge = files.find(({ size }) => size > LARGEST_ENTRY);
  const total = files.reduce((sum, { size }) => sum + size, 0);

  const submit = async (): Promise<void> => {
    setFailure('');
    setDone(0);
    let stored = 0;
    try {
      for (const file of files) {
        await send(new Uint8Array(await file.arrayBuffer()));
        setDone((stored += 1));
      }
    } catch (error) {
      setFailure(`“${files[stored]!.name}” was not stored, and nothing behind it: ${textOf(error)}`);
      return;
    } finally {
      setFiles((before) => before.slice(stored));
      setDone(undefined);
    }
    if (input.current) input.current.value = '';
    announce(`${count(stored)} ${stored === 1 ? 'file is' : 'files are'} stored, each as one entry.`);
  };

  return (
    <section class="card stack" aria-labelledby={`${id}-head`}>
      <h2 id={`${id}-head`}>Send files</h2>
      <div class="field">
        <label for={id}>Files, each one entry</label>
        <input
          ref={input}
          id={id}
          type="file"
          multiple
          onChange={({ currentTarget }) => {
            setFailure('');
            setFiles([...(currentTarget.files ?? [])]);
          }}
        />
        {files.length > 0 && (
          <div class="hint">
            {count(files.length)} {files.length === 1 ? 'file' : 'files'}, {bytes(total)}
          </div>
        )}
      </div>
      {tooLarge && (
        <Notice kind="error">
          An entry has at most {bytes(LARGEST_ENTRY)}; “{tooLarge.name}” has {bytes(tooLarge.size)}.
        </Notice>
      )}
      {failure && <Notice kind="error">{failure}</Notice>}
      {done !== undefined && <progress value={done} max={files.length} aria-label="Files stored" />}
      <div class="row">
        <Button onClick={submit} disabled={files.length === 0 || tooLarge !== undefined}>
          Send
        </Button>
      </div>
    </section>
  );
}
