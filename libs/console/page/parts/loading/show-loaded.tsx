import type { ComponentChildren } from 'preact';
import { Button } from '../controls/button.js';
import { Notice } from '../display/notice.js';
import { textOf } from '../formats/text-of.js';
import type { Loaded } from './use-loaded.js';
import { Waiting } from '../display/waiting.js';

interface ShowLoadedProps<Value> {
  readonly of: Loaded<Value>;
  /** What is waited for. */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}

/** Shows what was loaded; until then, what is waited for or why it is not there. */
export function ShowLoaded<Value>({ of: { value, error, reload }, what, children }: ShowLoadedProps<Value>) {
  return (
    <>
      {error !== undefined && (
        <Notice kind="error">
          {textOf(error)} <Button onClick={reload}>Try again</Button>
        </Notice>
      )}
      {value !== undefined ? children(value) : error === undefined && <Waiting for={what} />}
    </>
  );
}
