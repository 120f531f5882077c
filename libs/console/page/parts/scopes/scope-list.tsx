import { useState } from 'preact/hooks';
import { explainScope } from './scope-text.js';

/** Scopes that are shown at first. */
const MOST = 6;

interface ScopeListProps {
  readonly scopes: readonly string[];
  /** Whose they are, for screen readers. */
  readonly label: string;
}

/** Scopes of somebody, each with what it allows as its hint. */
export function ScopeList({ scopes, label }: ScopeListProps) {
  const [all, setAll] = useState(false);
  if (scopes.length === 0) return <span class="soft">none: may do nothing</span>;
  const shown = all ? scopes : scopes.slice(0, MOST);
  return (
    <ul class="scopes" aria-label={label}>
      {shown.map((scope) => (
        <li key={scope}>
          <code title={explainScope(scope)}>{scope}</code>
        </li>
      ))}
      {scopes.length > MOST && (
        <li>
          <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'fewer' : `and ${scopes.length - MOST} more`}
          </button>
        </li>
      )}
    </ul>
  );
}
