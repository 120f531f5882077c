import type { GroupInfo } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { go, link } from '../../../app/route.js';
import { server } from '../../../app/servers.js';
import { may } from '../../../app/session.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { Confirm } from '../../../parts/controls/confirm.js';
import { Figure } from '../../../parts/display/figure.js';
import { count, dateTime, span, timeOfId } from '../../../parts/formats/format.js';
import { Sparkline } from '../../../parts/chart/sparkline.js';
import { ConsumerTable } from './consumer-table.js';
import { GroupDialog } from './group-dialog.js';
import { entriesText, numberText, secondsText } from './group-state.js';
import { MoveDialog } from './move-dialog.js';
import { SetAside } from './set-aside.js';
import { useHistory } from './use-history.js';

interface GroupDetailsProps {
  readonly stream: string;
  readonly group: GroupInfo;
  readonly onChanged: () => void;
}

/** One group: its numbers, its consumers, what it has set aside, and what can be done with it. */
export function GroupDetails({ stream, group, onChanged }: GroupDetailsProps) {
  const [doing, setDoing] = useState<'move' | 'settings' | 'delete' | undefined>();
  const { group: name, last, lag, lagSeconds, pending, attempts, maxDeliveries, ordered, idle } = group;
  const canWrite = may(`streams:write:${stream}`);
  const lags = useHistory(group, lag ?? null);
  const close = (): void => setDoing(undefined);

  return (
    <section class="stack" aria-label={`Group ${name}`}>
      <div class="row">
        <h2 class="grow break">{name}</h2>
        {canWrite && <Button onClick={() => setDoing('move')}>Move its place</Button>}
        {canWrite && <Button onClick={() => setDoing('settings')}>Settings</Button>}
        {may(`streams:delete:${stream}`) && (
          <Button kind="plain" onClick={() => setDoing('delete')}>
            Delete the group
          </Button>
        )}
      </div>
      <div class="grid">
        <Figure name="Behind" value={numberText(lag)} unit={lag === 1 ? 'entry' : 'entries'}>
          <Sparkline values={lags} height={24} />
          <div class="small soft">
            {lagSeconds === undefined ? 'not known in time' : `${secondsText(lagSeconds)} in time`}
          </div>
        </Figure>
        <Figure name="Pending" value={count(pending)} unit="handed out, not acknowledged">
          <div class={attempts !== undefined && attempts > 1 ? 'small bad' : 'small soft'}>
            {attempts ? `the worst: attempt ${attempts} of ${maxDeliveries}` : 'set aside after '}
            {!attempts && `${maxDeliveries} attempts`}
          </div>
        </Figure>
        <Figure name="Place" value={<span class="place">{placeText(last)}</span>}>
          <code class="small soft break">{last}</code>
        </Figure>
        <Figure name="Order" value={<span class="place">{ordered ? 'One after the other' : 'Side by side'}</span>}>
          <div class="small soft">a silent consumer loses its entries after {span(idle)}</div>
        </Figure>
      </div>
      <ConsumerTable group={group} />
      <SetAside stream={stream} group={group} onChanged={onChanged} />
      {doing === 'move' && <MoveDialog stream={stream} group={group} onDone={onChanged} onClose={close} />}
      {doing === 'settings' && <GroupDialog stream={stream} group={group} onDone={onChanged} onClose={close} />}
      {doing === 'delete' && (
        <Confirm
          title="Delete this group?"
          action="Delete"
          typed={name}
          onConfirm={async () => {
            await server('streams').streams.deleteGroup(stream, name);
            announce(`The group “${name}” is deleted.`);
            go(link(['streams', stream, 'consumers']));
            onChanged();
          }}
          onClose={close}
        >
          <p>
            The place of the group “{name}” is forgotten, and so is what it has set aside ({entriesText(group.setAside)}
            ). The entries of the stream stay. A consumer that comes again makes the group anew, and begins where it
            says. This cannot be undone.
          </p>
        </Confirm>
      )}
    </section>
  );
}

/** The time of the place, as IDs begin with it. */
function placeText(last: string): string {
  return timeOfId(last) === 0 ? 'Before the first entry' : dateTime(timeOfId(last));
}
