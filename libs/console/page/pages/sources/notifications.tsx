import type { SourceNotification } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { Badge } from '../../parts/display/badge.js';
import { Choice } from '../../parts/controls/field.js';
import { Empty } from '../../parts/display/empty.js';
import { ago, dateTime } from '../../parts/formats/format.js';
import { JsonTree } from '../../parts/display/json-tree.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';

const COUNTS = { '10': 'The newest 10', '50': 'The newest 50', '200': 'The newest 200' };

/** The newest notifications of a source, as they come. */
export function Notifications({ source }: { readonly source: string }) {
  const [count, setCount] = useState<keyof typeof COUNTS>('10');
  const loaded = useLoaded(
    (signal) => server('sources').sources.notifications(source, { count: Number(count), signal }),
    [source, count],
    { every: 1000 },
  );
  return (
    <section class="stack" aria-labelledby="notifications">
      <div class="row">
        <h2 id="notifications">Notifications</h2>
        <Choice label="How many" bare value={count} onChange={setCount} choices={COUNTS} />
      </div>
      <ShowLoaded of={loaded} what="the notifications">
        {(notifications) =>
          notifications.length === 0 ? (
            <Empty>
              Nothing is kept. What the connector notifies of stands here, the newest first, as much of it as the server
              keeps.
            </Empty>
          ) : (
            <ol class="notifications">
              {withKeys(notifications)
                .reverse()
                .map(({ notification, key }) => (
                  <Notification key={key} {...notification} />
                ))}
            </ol>
          )
        }
      </ShowLoaded>
    </section>
  );
}

function Notification({ object, receivedAt, id, redelivered }: SourceNotification) {
  return (
    <li class="card">
      <div class="row">
        <time class="soft" dateTime={new Date(receivedAt).toISOString()}>
          {dateTime(receivedAt)} · {ago(receivedAt)}
        </time>
        {redelivered && <Badge kind="info">sent again</Badge>}
        {id !== undefined && <span class="mono soft break">{id}</span>}
      </div>
      <JsonTree value={object} />
    </li>
  );
}

interface KeyedNotification {
  readonly notification: SourceNotification;
  readonly key: string;
}

/** Only connectors of Millrace give IDs; of others several may come in the same millisecond. */
function withKeys(notifications: readonly SourceNotification[]): KeyedNotification[] {
  const times = new Map<number, number>();
  return notifications.map((notification) => {
    const { id, receivedAt } = notification;
    const place = times.get(receivedAt) ?? 0;
    times.set(receivedAt, place + 1);
    return { notification, key: id ?? `${receivedAt} ${place}` };
  });
}
