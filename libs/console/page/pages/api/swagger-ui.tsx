import { useEffect, useRef, useState } from 'preact/hooks';
import { FOLDER } from '../../app/configuration.js';
import { useDark } from '../../app/use-dark.js';
import { Notice } from '../../parts/display/notice.js';
import { Waiting } from '../../parts/display/waiting.js';
import { hostRoot } from './documents.js';
import { asReachedAt, type OpenApiDocument } from './open-api.js';

interface SwaggerUiProps {
  readonly document: OpenApiDocument;
  readonly files: { readonly script: string; readonly style: string };
}

type Bundle = (options: Readonly<Record<string, unknown>>) => unknown;

/** Swagger UI is not a module: its script puts one name into the page. */
async function loadBundle({ script, style }: SwaggerUiProps['files']): Promise<Bundle> {
  const scope = globalThis as { SwaggerUIBundle?: Bundle };
  if (scope.SwaggerUIBundle) return scope.SwaggerUIBundle;
  await Promise.all([
    appended('link', { rel: 'stylesheet', href: new URL(`assets/${style}`, FOLDER).href }),
    appended('script', { src: new URL(`assets/${script}`, FOLDER).href }),
  ]);
  if (!scope.SwaggerUIBundle) throw new Error('Its script has done nothing.');
  return scope.SwaggerUIBundle;
}

function appended(kind: 'link' | 'script', attributes: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(kind), attributes, {
      onload: () => resolve(),
      onerror: () => {
        element.remove();
        reject(new Error('Its files could not be loaded.'));
      },
    });
    document.head.append(element);
  });
}

/** The routes by Swagger UI. Requests go by the cookie of the console, or by what the user types under "Authorize". */
export function SwaggerUi({ document: routes, files }: SwaggerUiProps) {
  const box = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading');
  const dark = useDark();

  useEffect(() => {
    let gone = false;
    loadBundle(files).then(
      (bundle) => {
        if (gone || !box.current) return;
        bundle({
          spec: asReachedAt(hostRoot(), routes),
          domNode: box.current,
          // The part of the address behind `#` is the console's.
          deepLinking: false,
          displayRequestDuration: true,
          tryItOutEnabled: true,
          docExpansion: 'none',
          // It would show the document to a server of others.
          validatorUrl: null,
        });
        setState('shown');
      },
      () => setState('failed'),
    );
    return () => (gone = true);
  }, [routes, files]);

  useEffect(() => {
    document.documentElement.classList.toggle('dark-mode', dark);
    return () => document.documentElement.classList.remove('dark-mode');
  }, [dark]);

  return (
    <>
      {state === 'loading' && <Waiting for="Swagger UI" />}
      {state === 'failed' && (
        <Notice kind="error">Swagger UI could not be loaded. Open the page again to try once more.</Notice>
      )}
      <div ref={box} class="swagger" />
    </>
  );
}
