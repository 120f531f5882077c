import { Figure } from '../../parts/display/figure.js';
import { ago, count, dateTime } from '../../parts/formats/format.js';
import { Notice } from '../../parts/display/notice.js';
import { Notifications } from './notifications.js';
import type { SourceViewProps } from './views.js';

/** What the hub knows of a source, and what it has notified of last. */
export function StateView({ source }: SourceViewProps) {
  const { name, state, since, reconnects, openQueries, notifications, publishes, queries } = source;
  const { lastError, lastErrorAt } = source;
  return (
    <>
      {state === 'disconnected' && (
        <Notice kind="warning">
          No connector serves this source, since {dateTime(since)}. A connector serves it once it claims “{name}” at
          this server; until then publishes and queries are refused.
        </Notice>
      )}
      {lastError !== undefined && (
        <Notice kind="error">
          Last error{lastErrorAt !== undefined && `, ${ago(lastErrorAt)} (${dateTime(lastErrorAt)})`}: {lastError}
        </Notice>
      )}
      <div class="grid">
        <Figure name={state === 'disconnected' ? 'Disconnected' : 'Connected'} value={ago(since)}>
          <div class="soft small">since {dateTime(since)}</div>
        </Figure>
        <Figure name="Reconnects" value={count(reconnects)} />
        <Figure name="Open queries" value={count(openQueries)} />
        <Figure name="Notifications" value={count(notifications)} />
        <Figure name="Publishes" value={count(publishes)} />
        <Figure name="Queries" value={count(queries)} />
      </div>
      <Notifications source={name} />
    </>
  );
}
