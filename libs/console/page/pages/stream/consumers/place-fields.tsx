import { readIdParts } from '@millrace/protocol';
import { Choice, TextField } from '../../../parts/controls/field.js';
import { idBefore } from '../../../parts/formats/position.js';

/** Where a group is to begin, as it stands in the fields. */
export interface ChosenPlace {
  readonly kind: 'start' | 'now' | 'time' | 'id';
  readonly time: string;
  readonly id: string;
}

/** What the fields hold at first: an hour ago, where a time is chosen. */
export function firstPlace(kind: ChosenPlace['kind'], id = ''): ChosenPlace {
  const hourAgo = new Date(Date.now() - 3_600_000);
  const local = new Date(hourAgo.getTime() - hourAgo.getTimezoneOffset() * 60_000);
  return { kind, time: local.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length), id };
}

const KINDS: Readonly<Record<ChosenPlace['kind'], string>> = {
  now: 'Now: what comes from here on',
  start: 'The first entry that is kept',
  time: 'A time',
  id: 'Behind an ID',
};

/** The place for the server; undefined where a field has none yet. */
export function placeOf({ kind, time, id }: ChosenPlace): string | undefined {
  if (kind === 'now') return '$';
  if (kind === 'start') return '0';
  if (kind === 'id') return readIdParts(id.trim()) ? id.trim() : undefined;
  const at = Date.parse(time);
  // An entry of just that time is handed out too.
  return at >= 0 ? idBefore(`${at}-0`) : undefined;
}

/** What will be handed out from a place on. */
export function placeMeaning({ kind, time, id }: ChosenPlace): string {
  if (kind === 'now') return 'Entries that are kept now are not handed out, also those that wait at present.';
  if (kind === 'start')
    return 'All entries that the stream keeps are handed out, also those that were handed out before.';
  if (kind === 'time') {
    const at = Date.parse(time);
    return Number.isNaN(at)
      ? 'Entries of this time and later are handed out, by the clock of this browser.'
      : `Entries of ${new Date(at).toLocaleString()} and later are handed out.`;
  }
  return `Entries with IDs above ${id.trim() || 'this one'} are handed out.`;
}

interface PlaceFieldsProps {
  readonly label: string;
  readonly value: ChosenPlace;
  readonly onChange: (value: ChosenPlace) => void;
}

/** Chooses a place in a stream. */
export function PlaceFields({ label, value, onChange }: PlaceFieldsProps) {
  const isFaulty = value.kind === 'id' && value.id.trim() !== '' && !readIdParts(value.id.trim());
  return (
    <>
      <Choice
        label={label}
        hint={placeMeaning(value)}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind })}
        choices={KINDS}
      />
      {value.kind === 'time' && (
        <TextField
          label="Time"
          type="datetime-local"
          step={1}
          value={value.time}
          onInput={(time) => onChange({ ...value, time })}
          required
        />
      )}
      {value.kind === 'id' && (
        <TextField
          label="ID"
          placeholder="1764590000000-0"
          value={value.id}
          onInput={(id) => onChange({ ...value, id })}
          fault={isFaulty ? 'An ID has the form milliseconds-number, such as 1764590000000-0' : undefined}
          mono
          required
        />
      )}
    </>
  );
}
