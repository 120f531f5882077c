import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { link } from '../../../app/route.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { contentOf, endingOf } from '../../../parts/formats/content.js';
import { download } from '../../../parts/formats/download.js';
import { EntryData } from '../../../parts/display/entry-data.js';
import { bytes, count } from '../../../parts/formats/format.js';
import type { EntryItem, LogItem } from './entry-log.js';
import { timeOfEntry } from './time-of-entry.js';

interface EntryDetailProps {
  readonly stream: string;
  readonly item: LogItem;
  readonly onClose: () => void;
}

/** The chosen entry: who it is, and what is in it. */
export function EntryDetail({ stream, item, onClose }: EntryDetailProps) {
  if (item.kind !== 'entry') {
    return (
      <Frame onClose={onClose}>
        <p>{item.text}</p>
        <p class="soft small">{EXPLANATIONS[item.kind]}</p>
      </Frame>
    );
  }
  return (
    <Frame onClose={onClose}>
      <EntryFacts stream={stream} item={item} />
    </Frame>
  );
}

function EntryFacts({ stream, item: { id, data } }: { readonly stream: string; readonly item: EntryItem }) {
  const content = useMemo(() => contentOf(data), [data]);
  const save = (): void => download(`${stream}-${id}.${endingOf(content)}`, data as Uint8Array<ArrayBuffer>);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    announce('The text of the entry is copied.');
  };
  return (
    <>
      <dl class="stream-facts">
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
        {mayCopy && 'text' in content && <Button onClick={() => copy(content.text)}>Copy</Button>}
        <a href={link(['streams', stream, 'live'], { from: id })}>Link to this entry</a>
      </div>
      <EntryData data={data} />
    </>
  );
}

function Frame({ onClose, children }: { readonly onClose: () => void; readonly children: ComponentChildren }) {
  return (
    <section class="card entry-detail stack" aria-label="Chosen entry">
      <button type="button" class="close" aria-label="Close the entry" onClick={onClose}>
        ×
      </button>
      {children}
    </section>
  );
}

/** Browsers have no clipboard for pages that came without TLS from elsewhere. */
const mayCopy = 'clipboard' in navigator;

const EXPLANATIONS = {
  gap: 'Retention, damage or a deletion has removed entries before they could be shown here.',
  unreadable: 'The server could not convert this entry.',
  note: '',
} as const;
