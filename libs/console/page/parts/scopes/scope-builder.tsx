import { useState } from 'preact/hooks';
import { may, mayWithSome, session } from '../../app/session.js';
import { has, server } from '../../app/servers.js';
import { Button } from '../controls/button.js';
import { Choice, TextArea, TextField } from '../controls/field.js';
import { useLoaded } from '../loading/use-loaded.js';
import { SCOPE_AREAS } from './scope-areas.js';
import { explainScope, scopeFault, scopeOf } from './scope-text.js';

interface ScopeBuilderProps {
  readonly scopes: readonly string[];
  readonly onChange: (scopes: readonly string[]) => void;
}

/** Puts scopes together: by choosing, or as text. Those that the user does not hold cannot be given. */
export function ScopeBuilder({ scopes, onChange }: ScopeBuilderProps) {
  return (
    <fieldset class="scope-builder">
      <legend>Scopes: what it may do</legend>
      <Chosen scopes={scopes} onChange={onChange} />
      <OneScope onAdd={(scope) => onChange(scopes.includes(scope) ? scopes : [...scopes, scope])} />
      <AsText scopes={scopes} onChange={onChange} />
    </fieldset>
  );
}

/** Why these scopes cannot be given; undefined when they can. */
export function scopesFault(scopes: readonly string[]): string | undefined {
  for (const scope of scopes) {
    const fault = scopeFault(scope);
    if (fault !== undefined) return fault;
    if (!may(scope)) return `You do not hold “${scope}”, so you cannot give it`;
  }
  return undefined;
}

function Chosen({ scopes, onChange }: ScopeBuilderProps) {
  if (scopes.length === 0) return <p class="soft">None yet: with no scope nothing is allowed.</p>;
  return (
    <ul class="chosen-scopes" aria-label="Chosen scopes">
      {scopes.map((scope) => {
        const fault = scopesFault([scope]);
        return (
          <li key={scope}>
            <div>
              <code>{scope}</code>
              <div class={fault ? 'small bad' : 'small soft'}>{fault ?? explainScope(scope)}</div>
            </div>
            <Button
              kind="plain"
              label={`Take away ${scope}`}
              onClick={() => onChange(scopes.filter((one) => one !== scope))}
            >
              Take away
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function OneScope({ onAdd }: { readonly onAdd: (scope: string) => void }) {
  const areas = SCOPE_AREAS.filter(({ area, verbs }) => verbs.some(({ verb }) => mayWithSome(area, verb)));
  const [chosen, setArea] = useState(areas[0]?.area ?? '*');
  const [chosenVerb, setVerb] = useState('');
  const [resource, setResource] = useState('');
  const area = areas.find((one) => one.area === chosen);
  const verbs = area?.verbs.filter(({ verb }) => mayWithSome(area.area, verb)) ?? [];
  const verb = verbs.find((one) => one.verb === chosenVerb)?.verb ?? verbs[0]?.verb ?? '';
  const names = useLoaded(() => namesOf(chosen), [chosen]).value ?? [];
  const scope = scopeOf(chosen, verb, area?.resource ? resource : '');
  const fault = scopesFault([scope]);

  return (
    <div class="one-scope">
      <Choice
        label="Area"
        value={chosen}
        onChange={setArea}
        choices={{
          ...Object.fromEntries(areas.map((one) => [one.area, one.name])),
          ...(may('*') && { '*': 'Everything' }),
        }}
      />
      {verbs.length > 0 && (
        <Choice
          label="May"
          value={verb}
          onChange={setVerb}
          choices={Object.fromEntries(verbs.map((one) => [one.verb, one.verb]))}
        />
      )}
      {area?.resource && (
        <TextField
          label={`Which ${area.resource.several}`}
          hint="A name, or * for any text in it; empty for all"
          placeholder="camera*"
          value={resource}
          onInput={setResource}
          suggestions={names}
          autocomplete="off"
          mono
        />
      )}
      <div class="preview" aria-live="polite">
        <code>{scope}</code>
        <span class={fault ? 'small bad' : 'small soft'}>{fault ?? explainScope(scope)}</span>
      </div>
      <Button disabled={fault !== undefined} onClick={() => onAdd(scope)}>
        Add this scope
      </Button>
    </div>
  );
}

function AsText({ scopes, onChange }: ScopeBuilderProps) {
  const [text, setText] = useState<string | undefined>();
  const held = session.value?.scopes ?? [];
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open || setText(undefined)}>
      <summary>As text</summary>
      <div class="stack">
        <TextArea
          label="One scope a line"
          hint={
            <>
              You hold: <code>{held.join(' ') || 'everything'}</code>
            </>
          }
          rows={4}
          value={text ?? scopes.join('\n')}
          onInput={(value) => {
            setText(value);
            onChange([...new Set(value.split(/\s+/).filter(Boolean))]);
          }}
        />
      </div>
    </details>
  );
}

/** Names to choose from, as far as the user may see them. */
async function namesOf(area: string): Promise<string[]> {
  if (area === 'streams' && has('streams') && mayWithSome('streams', 'read')) return server('streams').streams.list();
  return [];
}
