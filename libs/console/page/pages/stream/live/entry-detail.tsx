import { link } from '../../../app/route.js';
import { Button } from '../../../parts/button.js';
import { contentOf, endingOf } from '../../../parts/content.js';
import { download } from '../../../parts/download.js';
import { EntryData } from '../../../parts/entry-data.js';
import { bytes, count } from '../../../parts/format.js';
import type { LogItem } from './entry-log.js';
import { timeOfEntry } from './time-of-entry.js';

interface EntryDetailProps {
  readonly stream: string;
  readonly item: LogItem | undefined;
}

/** The chosen entry: who it is, and what is in it. */
export function EntryDetail({ stream, item }: EntryDetailProps) {
  if (!item) {
    return (
      <section class="card entry-detail" aria-label="Chosen entry">
        <p class="soft">Choose an entry to see what is in it: with a click, or with the arrow keys in the list.</p>
      </section>
    );
  }
  if (item.kind !== 'entry') {
    return (
      <section class="card entry-detail" aria-label="Chosen entry">
        <p>{item.text}</p>
        <p class="soft small">{EXPLANATIONS[item.kind]}</p>
      </section>
    );
  }
  const { id, data } = item;
  const save = (): void => download(`${stream}-${id}.${endingOf(contentOf(data))}`, data as Uint8Array<ArrayBuffer>);
  return (
    <section class="card entry-detail stack" aria-label="Chosen entry">
      <dl class="facts">
        <dt>ID</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Time</dt>
        <dd>{timeOfEntry(id, true)}</dd>
        <dt>Size</dt>
        <dd>
          {bytes(data.length)}
          {data.length >= 1000 && ` (${count(data.length)} bytes)`}
        </dd>
      </dl>
      <div class="row">
        <Button onClick={save}>Download</Button>
        <a href={link(['streams', stream, 'live'], { from: id })}>Link to this entry</a>
      </div>
      <EntryData key={item.key} data={data} />
    </section>
  );
}

const EXPLANATIONS = {
  gap: 'Retention, damage or a deletion has removed entries before they could be shown here.',
  unreadable: 'The server could not convert this entry.',
  note: '',
} as const;
