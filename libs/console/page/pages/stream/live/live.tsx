import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { go, link, route } from '../../../app/route.js';
import { Badge } from '../../../parts/display/badge.js';
import { Button } from '../../../parts/controls/button.js';
import { Choice } from '../../../parts/controls/field.js';
import { download } from '../../../parts/formats/download.js';
import { Empty } from '../../../parts/display/empty.js';
import { Notice } from '../../../parts/display/notice.js';
import { readPosition } from '../../../parts/formats/position.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { useFeed } from '../../../parts/loading/use-feed.js';
import { Waiting } from '../../../parts/display/waiting.js';
import type { StreamViewProps } from '../views.js';
import { EntryDetail } from './entry-detail.js';
import { EntryList } from './entry-list.js';
import type { LogItem } from './entry-log.js';
import { FilterBar } from './filter-bar.js';
import { GoTo } from './go-to.js';
import { LiveFeed } from './live-feed.js';
import { LiveStatus } from './live-status.js';
import { PlaceStatus } from './place-status.js';
import { type Reading, READINGS } from './reading.js';
import { toLines } from './to-lines.js';

/** The entries of a stream as they come, or from a place on. */
export default function Live({ stream }: StreamViewProps) {
  const [reading, setReading] = useState<Reading>('stored');
  const feed = useMemo(() => new LiveFeed(stream, reading), [stream, reading]);
  const from = route.value.query.get('from') ?? undefined;
  const [isPaused, setPaused] = useState(false);
  const [isAway, setAway] = useState(false);
  const [selected, setSelected] = useState<LogItem | undefined>();
  const [failure, setFailure] = useState<unknown>();
  const [since, setSince] = useState(Date.now());
  const list = useRef<HTMLDivElement>(null);
  const mode = from === undefined ? feed.mode.value : 'place';

  const fed = useFeed(
    (signal, alive) => (mode === 'live' ? feed.follow(signal, alive) : Promise.resolve()),
    [feed, mode],
  );
  const gone = useMemo(() => new AbortController(), [feed]);
  useEffect(
    () => () => {
      gone.abort();
      feed.close();
    },
    [feed, gone],
  );
  useEffect(() => feed.hold(mode === 'live' && (isPaused || isAway)), [feed, mode, isPaused, isAway]);
  useEffect(() => {
    setFailure(undefined);
    if (from === undefined) {
      if (feed.mode.value === 'place') feed.reset('live');
      return undefined;
    }
    const ended = new AbortController();
    const id = readPosition(from);
    if (id === undefined) setFailure(new Error(`“${from}” is neither an ID nor a time.`));
    else
      feed.goTo(id, ended.signal).catch((error: unknown) => {
        if (!ended.signal.aborted) setFailure(error);
      });
    return () => ended.abort();
  }, [feed, from]);

  const toTop = (): void => {
    setPaused(false);
    list.current?.querySelector('.entry-list')?.scrollTo({ top: 0 });
  };
  const closeDetail = (): void => {
    setSelected(undefined);
    list.current?.querySelector<HTMLElement>('.entry-list')?.focus();
  };
  const follow = (): void => {
    setSince(Date.now());
    toTop();
    if (from === undefined) feed.reset('live');
    else go(link(['streams', stream, 'live']));
  };

  const items = feed.items.value;
  const isThere = items.length > 0;
  // A list that goes away is at its top when it comes again.
  useEffect(() => setAway(false), [feed, isThere]);
  const error = failure ?? fed;
  return (
    <>
      <div class="stream-bar live-bar">
        {mode === 'live' ? (
          <Button kind="main" pressed={isPaused} onClick={() => (isPaused ? toTop() : setPaused(true))}>
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
        ) : (
          <Button kind="main" onClick={follow}>
            Follow from now
          </Button>
        )}
        <FilterBar feed={feed} />
        <Choice label="Entries" value={reading} onChange={setReading} choices={READINGS} />
        <GoTo stream={stream} />
        <Button disabled={items.length === 0} onClick={() => download(`${stream}.jsonl`, toLines(items))}>
          Download the list
        </Button>
      </div>
      {error !== undefined && <Notice kind="error">{textOf(error)}</Notice>}
      {mode === 'live' && <LiveStatus feed={feed} since={since} onResume={toTop} />}
      {mode === 'place' && error === undefined && <PlaceStatus feed={feed} ending={gone.signal} />}
      {feed.isEnded.value && (
        <Notice kind="info">
          This stream was ended for good; nothing more comes. <Badge>ended</Badge>
        </Notice>
      )}
      {isThere ? (
        <div class={selected ? 'live-panes split' : 'live-panes'} ref={list}>
          <EntryList
            label={`Entries of ${stream}, newest first`}
            items={items}
            selected={selected}
            onSelect={setSelected}
            onScrolled={setAway}
          />
          {selected && <EntryDetail stream={stream} item={selected} onClose={closeDetail} />}
        </div>
      ) : (
        error === undefined && <NothingThere feed={feed} />
      )}
      {isThere && (
        <div class="row">
          {feed.isAtStart.value ? (
            <span class="soft">Nothing older is kept.</span>
          ) : (
            <Button onClick={() => feed.older(gone.signal)}>Show older entries</Button>
          )}
          {!feed.isAtStart.value && <a href={link(['streams', stream, 'live'], { from: '0' })}>From the first one</a>}
          <span class="soft small">
            {mode === 'live' && 'Either stops following. '}
            {!selected && 'Choose an entry with a click or the arrow keys to see what is in it.'}
          </span>
        </div>
      )}
    </>
  );
}

function NothingThere({ feed }: { readonly feed: LiveFeed }) {
  if (feed.isWaiting.value) return <Waiting for="the first answer of the server" />;
  if (feed.counts.value.filtered > 0) return <Empty>Nothing that came matches the filter.</Empty>;
  if (feed.mode.value === 'place') return <Empty>There is nothing from there on.</Empty>;
  return (
    <Empty>
      Nothing has come yet. What a client pushes to this stream appears here at once; “Publish” can do so too.
    </Empty>
  );
}
