import { link } from '../../app/route.js';
import { Heading } from '../../parts/display/heading.js';
import { LazyPart } from '../../parts/loading/lazy-part.js';
import { Notice } from '../../parts/display/notice.js';
import { Tabs } from '../../parts/controls/tabs.js';
import { StreamLine } from './stream-line.js';
import { viewsOf } from './views.js';

interface StreamFrameProps {
  readonly name: string;
  readonly view: string;
}

/** One stream: its name, its views as tabs, and the view that is open. */
export function StreamFrame({ name, view }: StreamFrameProps) {
  const views = viewsOf(name);
  const open = views.find(({ path }) => path === view);
  return (
    <>
      <Heading title={name} about={<a href={link(['streams'])}>All streams</a>} />
      <StreamLine stream={name} />
      <Tabs
        label={`Views of the stream ${name}`}
        tabs={views.map(({ path, name: text }) => ({
          name: text,
          href: link(['streams', name, path]),
          current: path === view,
        }))}
      />
      {open ? (
        <LazyPart key={open.path} name={open.name} load={open.load} properties={{ stream: name }} />
      ) : (
        <Notice kind="error">There is no view “{view}” of this stream, or you may not open it.</Notice>
      )}
    </>
  );
}
