import { go, link, route } from '../../app/route.js';
import { Empty } from '../../parts/display/empty.js';
import { Heading } from '../../parts/display/heading.js';
import { joinNames, splitNames } from '../../parts/formats/name-list.js';
import { StreamChoice } from '../../parts/controls/stream-choice.js';
import { addressOfView, readView } from './choice.js';
import { PictureWall } from './view/picture-wall.js';

/** Streams side by side; each holds a connection and decodes pictures. */
const MOST = 9;

/** `#/pictures?streams=a,b,c`: the pictures of several streams at one time. */
export default function Pictures() {
  const streams = splitNames(route.value.query.get('streams')).slice(0, MOST);
  const change = (names: readonly string[]): void =>
    go(
      names.length > 0
        ? addressOfView(['pictures'], { ...readView(), id: undefined }, joinNames(names))
        : link(['pictures']),
    );
  return (
    <>
      <Heading title="Pictures" about="Pictures of several streams side by side, at one time." />
      <StreamChoice streams={streams} onChange={change} most={MOST} />
      {streams.length > 0 ? (
        <PictureWall streams={streams} />
      ) : (
        <Empty>Add a stream whose entries are pictures, such as that of a camera.</Empty>
      )}
    </>
  );
}
