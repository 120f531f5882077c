import { useRef, useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { announce } from '../display/announcements.js';
import { Button } from './button.js';
import { TextField } from './field.js';
import { useLoaded } from '../loading/use-loaded.js';

interface StreamChoiceProps {
  readonly streams: readonly string[];
  readonly onChange: (streams: readonly string[]) => void;
  /** Streams at the most. */
  readonly most: number;
}

/** Streams that are offered by a button while none is chosen. */
const OFFERED = 12;

/** Streams that are suggested for what was typed. */
const SUGGESTED = 100;

/** Several streams by their names, to be shown together. */
export function StreamChoice({ streams, onChange, most }: StreamChoiceProps) {
  const [name, setName] = useState('');
  const place = useRef<HTMLDivElement>(null);
  const known = useLoaded((signal) => server('streams').streams.list({ signal }), []).value ?? [];
  const rest = known.filter((one) => !streams.includes(one));

  const change = (names: readonly string[]): void => {
    onChange(names);
    // The button that was pressed is gone.
    requestAnimationFrame(() => place.current?.querySelector('input')?.focus());
  };
  const add = (stream: string): void => {
    change([...streams, stream]);
    setName('');
    announce(`${stream} is shown too.`);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = name.trim();
    if (found && !streams.includes(found) && streams.length < most) add(found);
  };

  return (
    <div class="stack" ref={place}>
      {streams.length > 0 && (
        <ul class="chosen" aria-label="Streams that are shown">
          {streams.map((stream) => (
            <li key={stream}>
              <span class="break">{stream}</span>
              <button
                type="button"
                aria-label={`Take ${stream} away`}
                onClick={() => change(streams.filter((one) => one !== stream))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      {streams.length < most ? (
        <form class="row" onSubmit={submit}>
          <div class="grow">
            <TextField
              label="Add a stream"
              value={name}
              onInput={setName}
              suggestions={rest.filter((one) => one.includes(name.trim())).slice(0, SUGGESTED)}
              autocomplete="off"
              placeholder="Name of a stream"
              bare
              mono
            />
          </div>
          <Button type="submit" disabled={name.trim() === ''}>
            Add
          </Button>
        </form>
      ) : (
        <p class="soft small">{most} streams can be shown together; take one away to add another.</p>
      )}
      {streams.length === 0 && rest.length > 0 && (
        <div class="row">
          {rest.slice(0, OFFERED).map((stream) => (
            <Button key={stream} label={`Add ${stream}`} onClick={() => add(stream)}>
              <span class="break">{stream}</span>
            </Button>
          ))}
          {rest.length > OFFERED && <span class="soft">and {rest.length - OFFERED} more, by their names</span>}
        </div>
      )}
    </div>
  );
}
