import type { ComponentType } from 'preact';
import { useErrorBoundary, useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/button.js';
import { Notice } from '../parts/notice.js';
import { textOf } from '../parts/text-of.js';
import { Waiting } from '../parts/waiting.js';
import type { Page } from './pages.js';

/** Loads the script of a page and shows it; an error in one page leaves the others alone. */
export function PageFrame({ page }: { readonly page: Page }) {
  const [Content, setContent] = useState<ComponentType | undefined>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [broken, mend] = useErrorBoundary() as [unknown, () => void];

  useEffect(() => {
    setFailure(undefined);
    page.load().then(
      ({ default: component }) => setContent(() => component),
      (error: unknown) => setFailure(error),
    );
  }, [page, attempt]);

  const error = broken ?? failure;
  if (error !== undefined) {
    return (
      <Notice kind="error">
        The page could not be shown: {textOf(error)}{' '}
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
  return Content ? <Content /> : <Waiting for={`the page ${page.name}`} />;
}
