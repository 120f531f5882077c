import { Badge } from '../../parts/display/badge.js';
import { Heading } from '../../parts/display/heading.js';
import { JsonTree } from '../../parts/display/json-tree.js';
import { CallForm } from './call/call-form.js';
import type { Method } from './document.js';

/** One method: what it does, a form to call it, and what it answers. */
export function MethodPage({ method }: { readonly method: Method }) {
  const { name, summary, description, tags = [], deprecated, result, errors = [] } = method;
  return (
    <>
      <Heading title={name} about={[summary && `${summary}.`, description].filter(Boolean).join(' ')}>
        {tags.map(({ name: tag }) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
        {method['x-async'] && <Badge kind="info">async</Badge>}
        {deprecated && <Badge kind="warning">deprecated</Badge>}
      </Heading>
      <CallForm name={name} method={method} />
      <details>
        <summary>What it answers</summary>
        <div class="card stack">
          <h3>Result</h3>
          <JsonTree value={result?.schema ?? {}} open={3} />
          {errors.length > 0 && (
            <>
              <h3>Errors</h3>
              <ul class="plain">
                {errors.map(({ code, message }) => (
                  <li key={code}>
                    <code>{code}</code> {message}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </details>
    </>
  );
}
