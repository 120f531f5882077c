import { useState } from 'preact/hooks';
import { link, route } from '../../../app/route.js';
import { server } from '../../../app/servers.js';
import { may } from '../../../app/session.js';
import { Button } from '../../../parts/controls/button.js';
import { Empty } from '../../../parts/display/empty.js';
import { Notice } from '../../../parts/display/notice.js';
import { ShowLoaded } from '../../../parts/loading/show-loaded.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import type { StreamViewProps } from '../views.js';
import { GroupDetails } from './group-details.js';
import { GroupDialog } from './group-dialog.js';
import { GroupTable } from './group-table.js';

/** How often groups are asked for, in milliseconds. */
const EVERY = 2000;

/** The groups of consumers of a stream, and one of them at a closer look. */
export default function Consumers({ stream }: StreamViewProps) {
  const [isMaking, setMaking] = useState(false);
  const groups = useLoaded(() => server('streams').streams.groups(stream), [stream], { every: EVERY });
  const known = groups.value ?? [];
  const chosen = route.value.query.get('group') ?? (known.length === 1 ? known[0]!.group : undefined);
  const group = known.find((one) => one.group === chosen);

  return (
    <div class="stack">
      <div class="row">
        <p class="soft grow">
          The consumers of a group share the entries of the stream: each entry goes to one of them, at least once.
        </p>
        {may(`streams:write:${stream}`) && (
          <Button kind="main" onClick={() => setMaking(true)}>
            New group
          </Button>
        )}
      </div>
      <ShowLoaded of={groups} what={`the groups of ${stream}`}>
        {(found) =>
          found.length === 0 ? (
            <Empty>
              No group of consumers reads this stream. A group is made by its first consumer, such as{' '}
              <code>millrace pull {stream} --group NAME</code>, or here.
            </Empty>
          ) : (
            <GroupTable stream={stream} groups={found} chosen={group?.group} />
          )
        }
      </ShowLoaded>
      {group && <GroupDetails key={group.group} stream={stream} group={group} onChanged={groups.reload} />}
      {chosen !== undefined && groups.value && !group && (
        <Notice kind="info">
          There is no group “{chosen}” any more. <a href={link(['streams', stream, 'consumers'])}>All groups</a>
        </Notice>
      )}
      {isMaking && (
        <GroupDialog
          stream={stream}
          taken={known.map((one) => one.group)}
          onDone={groups.reload}
          onClose={() => setMaking(false)}
        />
      )}
    </div>
  );
}
