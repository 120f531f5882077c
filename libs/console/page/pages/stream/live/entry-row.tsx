import { bytes } from '../../../parts/formats/format.js';
import { previewOf } from '../../../parts/formats/content.js';
import type { LogItem } from './entry-log.js';
import { timeOfEntry } from './time-of-entry.js';

interface EntryRowProps {
  readonly item: LogItem;
  readonly id: string;
  readonly isSelected: boolean;
  readonly place: number;
  readonly of: number;
  readonly onSelect: () => void;
}

/** One line of the list. */
export function EntryRow({ item, id, isSelected, place, of, onSelect }: EntryRowProps) {
  return (
    <div
      id={id}
      role="option"
      class={`entry-row ${item.kind}`}
      aria-selected={isSelected}
      aria-posinset={place}
      aria-setsize={of}
      // Not at the end of a click: a row may hold another entry by then.
      onPointerDown={onSelect}
    >
      {item.kind === 'entry' ? (
        <>
          <span class="time">{timeOfEntry(item.id)}</span>
          <span class="id">{item.id}</span>
          <span class="size">{bytes(item.data.length)}</span>
          <span class="entry-preview">{previewOf(item.data)}</span>
        </>
      ) : (
        <span class="entry-preview">
          <span class="sign" aria-hidden="true">
            {item.kind === 'note' ? 'i' : '!'}
          </span>{' '}
          {item.text}
        </span>
      )}
    </div>
  );
}
