import { useId } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { TextArea } from '../../../parts/controls/field.js';
import { bytes } from '../../../parts/formats/format.js';

/** Bytes that go with a call: those of a file, or of a text. */
export interface PayloadInput {
  readonly text: string;
  readonly file: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
}

export const NO_PAYLOAD: PayloadInput = { text: '', file: undefined };

/** The bytes; nothing where there are none. */
export function payloadBytes({ text, file }: PayloadInput): Uint8Array<ArrayBuffer> | undefined {
  if (file) return file.bytes;
  return text === '' ? undefined : new TextEncoder().encode(text);
}

interface PayloadFieldProps {
  readonly value: PayloadInput;
  readonly onChange: (value: PayloadInput) => void;
}

/** Takes the bytes that go with a call. */
export function PayloadField({ value, onChange }: PayloadFieldProps) {
  const id = useId();
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    onChange({ text: '', file: { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } });
  };
  return (
    <details class="payload" open={payloadBytes(value) !== undefined}>
      <summary>Binary payload</summary>
      <div class="stack">
        {value.file ? (
          <div class="row">
            <span class="break">
              {value.file.name}, {bytes(value.file.bytes.length)}
            </span>
            <Button onClick={() => onChange(NO_PAYLOAD)}>Remove</Button>
          </div>
        ) : (
          <>
            <div class="field">
              <label for={id}>File</label>
              <input id={id} type="file" onChange={({ currentTarget }) => void take(currentTarget.files?.[0])} />
            </div>
            <TextArea
              label="or text, sent as UTF-8"
              rows={2}
              value={value.text}
              onInput={(text) => onChange({ text, file: undefined })}
            />
          </>
        )}
      </div>
    </details>
  );
}
