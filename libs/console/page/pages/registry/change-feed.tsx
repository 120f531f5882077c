import { Badge } from '../../parts/display/badge.js';
import { dateTime } from '../../parts/formats/format.js';
import { MOST_CHANGES, type ShownChange } from './use-changes.js';
import { usageOf } from './usage.js';

const KINDS = {
  published: 'good',
  changed: 'info',
  retracted: 'soft',
  expired: 'warning',
  gap: 'error',
} as const;

interface ChangeFeedProps {
  readonly changes: readonly ShownChange[];
  /** Whether the server is followed at present. */
  readonly isFollowing: boolean;
}

/** What has happened in a partition while the page was open, newest first. */
export function ChangeFeed({ changes, isFollowing }: ChangeFeedProps) {
  return (
    <section class="stack" aria-labelledby="changes">
      <h2 id="changes">Changes</h2>
      {changes.length === 0 ? (
        <p class="soft">
          {isFollowing
            ? 'Nothing has changed since this page was opened. What is published, changed, retracted or expires from now on stands here.'
            : 'Waiting for the server to tell of changes …'}
        </p>
      ) : (
        <div class="changes card" role="log" aria-live="off" aria-label="Changes, newest first" tabIndex={0}>
          <ol>
            {changes.map((change) => (
              <Change key={change.number} {...change} />
            ))}
          </ol>
          {changes.length === MOST_CHANGES && <p class="soft">Older ones are not kept here.</p>}
        </div>
      )}
    </section>
  );
}

function Change({ event, at }: ShownChange) {
  return (
    <li>
      <time class="soft" dateTime={at.toISOString()} title={dateTime(at)}>
        {at.toLocaleTimeString()}
      </time>
      <Badge kind={KINDS[event.type]}>{event.type === 'gap' ? 'missed' : event.type}</Badge>
      {event.type === 'gap' ? (
        <span>The server no longer knows what happened in between. The entries below are as they are now.</span>
      ) : (
        <span class="break">
          <span class="mono">{event.connection.uid}</span>{' '}
          <span class="soft">
            {event.connection.uri} · {event.connection.dataType} · {usageOf(event.connection)}
          </span>
        </span>
      )}
    </li>
  );
}
