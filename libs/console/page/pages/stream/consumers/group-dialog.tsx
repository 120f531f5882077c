import type { GroupInfo } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { go, link } from '../../../app/route.js';
import { server } from '../../../app/servers.js';
import { announce } from '../../../parts/display/announcements.js';
import { Button } from '../../../parts/controls/button.js';
import { Dialog } from '../../../parts/controls/dialog.js';
import { TextField, Tick } from '../../../parts/controls/field.js';
import { Notice } from '../../../parts/display/notice.js';
import { useSubmit } from '../../../parts/loading/use-submit.js';
import { type ChosenPlace, firstPlace, PlaceFields, placeOf } from './place-fields.js';

interface GroupDialogProps {
  readonly stream: string;
  /** Whose settings are to be changed; without, a group is made. */
  readonly group?: GroupInfo;
  readonly taken?: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Makes a group, or changes the settings of one. */
export function GroupDialog({ stream, group, taken = [], onDone, onClose }: GroupDialogProps) {
  const [name, setName] = useState(group?.group ?? '');
  const [place, setPlace] = useState<ChosenPlace>(() => firstPlace('now'));
  const [ordered, setOrdered] = useState(group?.ordered ?? true);
  const [idle, setIdle] = useState(String((group?.idle ?? 30_000) / 1000));
  const [deliveries, setDeliveries] = useState(String(group?.maxDeliveries ?? 10));
  const after = placeOf(place);
  const isTaken = !group && taken.includes(name);
  const { submit, busy, failure } = useSubmit(async () => {
    const settings = { ordered, idle: Number(idle) * 1000, maxDeliveries: Number(deliveries) };
    const { streams } = server('streams');
    if (group) await streams.openGroup(stream, name, settings);
    else await streams.openGroup(stream, name, { ...settings, after: after! });
    announce(group ? `The settings of “${name}” are changed.` : `The group “${name}” is there.`);
    if (!group) go(link(['streams', stream, 'consumers'], { group: name }));
    onDone();
    onClose();
  });

  return (
    <Dialog title={group ? `Settings of ${name}` : 'New group'} onClose={onClose}>
      <form onSubmit={submit}>
        {!group && (
          <>
            <TextField
              label="Name"
              hint="Consumers say it to take part"
              value={name}
              onInput={setName}
              fault={isTaken ? 'There is a group of this name' : undefined}
              autocomplete="off"
              mono
              required
            />
            <PlaceFields label="Begins at" value={place} onChange={setPlace} />
          </>
        )}
        <div>
          <Tick label="One after the other" checked={ordered} onChange={setOrdered} />
          <div class="hint">
            {ordered
              ? 'The next entries are handed out when all before are acknowledged, so they are handled in order.'
              : 'Consumers work side by side, so entries are handled out of order.'}
          </div>
        </div>
        <TextField
          label="Patience with a silent consumer, in seconds"
          hint="Then what it holds goes to another one"
          type="number"
          min={0.1}
          max={86_400}
          step="any"
          value={idle}
          onInput={setIdle}
          required
        />
        <TextField
          label="Attempts"
          hint="How often an entry is handed out before it is set aside"
          type="number"
          min={1}
          step={1}
          value={deliveries}
          onInput={setDeliveries}
          required
        />
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={busy} disabled={name === '' || isTaken || after === undefined}>
            {group ? 'Change' : 'Make the group'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
