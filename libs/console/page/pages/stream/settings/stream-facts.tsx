import type { StreamInfo } from '@millrace/client/browser';
import { ago, bytes, count, dateTime, timeOfId } from '../../../parts/formats/format.js';
import { Figure } from '../../../parts/display/figure.js';

/** The numbers of a stream. */
export function StreamFacts({ info }: { readonly info: StreamInfo }) {
  return (
    <section class="grid" aria-label="Numbers">
      <Figure name="Entries kept" value={count(info.length)} />
      <Figure name="Entries ever added" value={count(info.entriesAdded)} />
      <Figure name="Size of the data" value={info.bytes === undefined ? 'not counted' : bytes(info.bytes)} />
      <Figure name="First entry" value={<Place id={info.firstEntry} />} />
      <Figure name="Last entry" value={<Place id={info.lastEntry} />} />
      <Figure name="Last ID ever given" value={<Place id={info.lastGeneratedId} />} />
    </section>
  );
}

function Place({ id }: { readonly id: string | undefined }) {
  if (id === undefined) return <span class="soft">none</span>;
  const time = timeOfId(id);
  return (
    <span class="place">
      <code>{id}</code>
      <small>
        {dateTime(time)}, {ago(time)}
      </small>
    </span>
  );
}
