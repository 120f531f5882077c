import { useState } from 'preact/hooks';
import { go, link } from '../../app/route.js';
import { server } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { announce } from '../../parts/display/announcements.js';
import { Button } from '../../parts/controls/button.js';
import { Confirm } from '../../parts/controls/confirm.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { Tabs } from '../../parts/controls/tabs.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { SourceState } from './source-state.js';
import { viewsOf } from './views.js';

interface SourcePageProps {
  readonly name: string;
  readonly view: string;
}

/** One source: its name and state, what can be done with it, and the view that is open. */
export function SourcePage({ name, view }: SourcePageProps) {
  const { sources } = server('sources');
  const loaded = useLoaded(
    async (signal) => {
      const found = await sources.list({ signal });
      return { source: found.find((one) => one.name === name) };
    },
    [name],
    { every: 2000 },
  );
  const [isDeleting, setDeleting] = useState(false);
  const views = viewsOf(name);
  const open = views.find(({ path }) => path === view);
  const source = loaded.value?.source;
  const isAdmin = may(`sources:admin:${name}`);

  const reconnect = async (): Promise<void> => {
    await sources.reconnect(name);
    announce(`The connector of ${name} was asked to claim it anew.`);
    loaded.reload();
  };

  return (
    <>
      <Heading title={name} about={<a href={link(['sources'])}>All sources</a>}>
        {source && <SourceState state={source.state} />}
        {source && isAdmin && (
          <Button onClick={reconnect} disabled={source.state === 'disconnected'}>
            Reconnect
          </Button>
        )}
        {source && isAdmin && <Button onClick={() => setDeleting(true)}>Delete</Button>}
      </Heading>
      <Tabs
        label={`Views of the source ${name}`}
        tabs={views.map(({ path, name: text }) => ({
          name: text,
          href: link(['sources', name, path]),
          current: path === view,
        }))}
      />
      <ShowLoaded of={loaded} what={`the source ${name}`}>
        {({ source: found }) => {
          if (!found)
            return (
              <Notice kind="error">
                There is no source “{name}”, or you may not read it. <a href={link(['sources'])}>All sources</a>
              </Notice>
            );
          if (!open)
            return <Notice kind="error">There is no view “{view}” of a source, or you may not open it.</Notice>;
          return <open.View key={open.path} source={found} />;
        }}
      </ShowLoaded>
      {isDeleting && (
        <Confirm
          title="Delete this source?"
          action="Delete"
          typed={name}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await sources.delete(name);
            announce(`The source ${name} is deleted.`);
            go(link(['sources']));
          }}
        >
          <p>Its configuration and its notifications are lost, and its connector loses it. This cannot be undone.</p>
        </Confirm>
      )}
    </>
  );
}
