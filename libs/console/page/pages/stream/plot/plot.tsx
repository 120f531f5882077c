import { useMemo } from 'preact/hooks';
import { link } from '../../../app/route.js';
import { joinNames } from '../../../parts/formats/name-list.js';
import { PlotView } from '../../plot/view/plot-view.js';
import type { StreamViewProps } from '../views.js';

/** The numbers of one stream over time. */
export default function Plot({ stream }: StreamViewProps) {
  const streams = useMemo(() => [stream], [stream]);
  return (
    <>
      <PlotView streams={streams} />
      <p>
        <a href={link(['plot'], { streams: joinNames([stream]) })}>Plot it together with other streams</a>
      </p>
    </>
  );
}
