import { useMemo } from 'preact/hooks';
import { link } from '../../../app/route.js';
import { joinNames } from '../../../parts/formats/name-list.js';
import { PictureWall } from '../../pictures/view/picture-wall.js';
import type { StreamViewProps } from '../views.js';

/** The pictures of one stream, live. */
export default function Picture({ stream }: StreamViewProps) {
  const streams = useMemo(() => [stream], [stream]);
  return (
    <>
      <PictureWall streams={streams} />
      <p>
        <a href={link(['pictures'], { streams: joinNames([stream]) })}>Show it beside other streams</a>
      </p>
    </>
  );
}
