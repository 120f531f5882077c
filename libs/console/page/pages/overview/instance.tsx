import { dateTime } from '../../parts/formats/format.js';
import { Notice } from '../../parts/display/notice.js';
import { uptimeOf } from './figures.js';
import type { Recording } from './recording.js';

/** Whose figures these are. */
export function Instance({ recording }: { readonly recording: Recording }) {
  const { instance, started, before, leftOut } = recording;
  const uptime = uptimeOf(recording);
  const missing = leftOut.reduce((total, { series }) => total + series, 0);
  return (
    <>
      {before !== undefined && (
        <Notice kind="info">
          Another instance of the server answers now, or it was started again: before it was <code>{before}</code>, and
          its figures are gone from this page.
        </Notice>
      )}
      <p class="soft break">
        Figures of the instance <code>{instance}</code>
        {uptime !== undefined && `, which runs for ${uptime}`}, since{' '}
        {dateTime(Math.max(started, recording.times[0] ?? 0))}. If the server has several, another one may answer after
        a cut.
        {missing > 0 &&
          ` Not recorded, since there are too many: ${missing} (${leftOut.map(({ name }) => name).join(', ')}).`}
      </p>
    </>
  );
}
