import { go, link, route } from '../../app/route.js';
import { Empty } from '../../parts/display/empty.js';
import { Heading } from '../../parts/display/heading.js';
import { joinNames, splitNames } from '../../parts/formats/name-list.js';
import { StreamChoice } from '../../parts/controls/stream-choice.js';
import { addressOf, readChoice } from './choice/plot-choice.js';
import { PlotView } from './view/plot-view.js';

/** Streams of one plot; there are no more colours for their lines. */
const MOST = 6;

/** `#/plot?streams=a,b`: the numbers of several streams on one axis of time. */
export default function Plot() {
  const streams = splitNames(route.value.query.get('streams')).slice(0, MOST);
  const change = (names: readonly string[]): void => {
    const choice = readChoice();
    const isShown = (key: string): boolean => names.some((name) => key === name || key.startsWith(`${name}/`));
    const left = choice.fields?.filter(isShown);
    // Where nothing is left of the choice, some are chosen anew.
    const fields = left?.length === 0 || names.length > streams.length ? undefined : left;
    go(
      names.length > 0
        ? addressOf(['plot'], { ...choice, fields, range: undefined }, joinNames(names))
        : link(['plot']),
    );
  };
  return (
    <>
      <Heading title="Plot" about="Numbers of several streams on one axis of time." />
      <StreamChoice streams={streams} onChange={change} most={MOST} />
      {streams.length > 0 ? (
        <PlotView key={streams.join('/')} streams={streams} />
      ) : (
        <Empty>Add a stream to see the numbers in its entries. The address of the page holds all you choose.</Empty>
      )}
    </>
  );
}
