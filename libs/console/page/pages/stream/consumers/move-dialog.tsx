import type { GroupInfo } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { Dialog } from '../../../parts/controls/dialog.js';
import { Notice } from '../../../parts/display/notice.js';
import { useSubmit } from '../../../parts/loading/use-submit.js';
import { entriesText } from './group-state.js';
import { type ChosenPlace, firstPlace, PlaceFields, placeOf } from './place-fields.js';

interface MoveDialogProps {
  readonly stream: string;
  readonly group: GroupInfo;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Moves the place of a group: back, to handle entries again, or forth, to pass over some. */
export function MoveDialog({ stream, group: { group, last, pending }, onDone, onClose }: MoveDialogProps) {
  const [place, setPlace] = useState<ChosenPlace>(() => firstPlace('start', last));
  const after = placeOf(place);
  const { submit, busy, failure } = useSubmit(async () => {
    const { lag } = await server('streams').streams.moveGroup(stream, group, after!);
    announce(
      `“${group}” is moved: ${lag === undefined ? 'its consumers go on from there' : `${entriesText(lag)} to come`}.`,
    );
    onDone();
    onClose();
  });

  return (
    <Dialog title={`Move the place of ${group}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p class="soft">
          The group has handed out the entries up to <code class="break">{last}</code>.
        </p>
        <PlaceFields label="Go on from" value={place} onChange={setPlace} />
        {pending > 0 && (
          <Notice kind="warning">
            What consumers hold now ({entriesText(pending)}) counts as handed out no more: an acknowledgement of it
            changes nothing, and it comes again if it lies behind the new place.
          </Notice>
        )}
        <p class="small soft">What was set aside stays so.</p>
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={busy} disabled={after === undefined}>
            Move
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
