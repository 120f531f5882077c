import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { TextArea } from '../../parts/controls/field.js';
import { Notice } from '../../parts/display/notice.js';
import { readJson } from '../../parts/formats/read-json.js';
import { useSubmit } from '../../parts/loading/use-submit.js';
import { NotServed } from './not-served.js';
import type { SourceViewProps } from './views.js';

/** Sends something to the connector of a source. */
export function PublishView({ source }: SourceViewProps) {
  const [text, setText] = useState('{}');
  const { value, fault } = readJson(text);
  const { submit, busy, failure } = useSubmit(async () => {
    await server('sources').sources.publish(source.name, value);
    announce(`Handed to the connector of ${source.name}.`);
  });
  return (
    <form class="stack" onSubmit={submit}>
      <NotServed source={source} />
      <TextArea
        label="What to publish"
        hint="Any JSON; what it means is up to the connector"
        fault={fault && `What stands here ${fault}`}
        value={text}
        onInput={setText}
      />
      {failure && <Notice kind="error">{failure}</Notice>}
      <div class="row">
        <Button type="submit" kind="main" busy={busy} disabled={fault !== undefined}>
          Publish
        </Button>
      </div>
    </form>
  );
}
