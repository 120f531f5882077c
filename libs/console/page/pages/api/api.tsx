import { link, route } from '../../app/route.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { Tabs } from '../../parts/controls/tabs.js';
import { DocumentLinks } from './document-links.js';
import Rest from './rest.js';
import Sockets from './sockets.js';

const VIEWS = [
  { path: 'rest', name: 'REST', View: Rest },
  { path: 'sockets', name: 'Sockets', View: Sockets },
] as const;

/** `#/api/rest` and `#/api/sockets`: every interface of the server, to read and to try. */
export default function Api() {
  const [, view = 'rest'] = route.value.path;
  const open = VIEWS.find(({ path }) => path === view);
  return (
    <>
      <Heading title="API" about="Every interface of this server, to read and to try.">
        <DocumentLinks />
      </Heading>
      <Tabs
        label="Kinds of interfaces"
        tabs={VIEWS.map(({ path, name }) => ({ name, href: link(['api', path]), current: path === view }))}
      />
      {open ? <open.View key={open.path} /> : <Notice kind="error">There is no view “{view}” of the API.</Notice>}
    </>
  );
}
