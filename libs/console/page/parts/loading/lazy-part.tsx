import type { ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import { Button } from '../controls/button.js';
import { Notice } from '../display/notice.js';
import { textOf } from '../formats/text-of.js';
import { Waiting } from '../display/waiting.js';

interface LazyPartProps<Properties extends object> {
  /** What it is called while it is waited for. */
  readonly name: string;
  /** Fetches its script. */
  readonly load: () => Promise<ComponentType<Properties>>;
  readonly properties: Properties;
}

/** Fetches the script of a part of the console and shows it; an error within it leaves the rest alone. */
export function LazyPart<Properties extends object>({ name, load, properties }: LazyPartProps<Properties>) {
  const [Content, setContent] = useState<ComponentType<Properties> | undefined>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [broken, mend] = useErrorBoundary() as [unknown, () => void];

  useEffect(() => {
    setFailure(undefined);
    load().then(
      (component) => setContent(() => component),
      (error: unknown) => setFailure(error),
    );
  }, [load, attempt]);

  const error = broken ?? failure;
  if (error !== undefined) {
    return (
      <Notice kind="error">
        {name} could not be shown: {textOf(error)}{' '}
        <Button
          onClick={() => {
            mend();
            setAttempt(attempt + 1);
          }}
        >
          Try again
        </Button>
      </Notice>
    );
  }
  return Content ? <Content {...properties} /> : <Waiting for={name} />;
}
