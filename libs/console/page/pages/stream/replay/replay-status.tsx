import { Button } from '../../../parts/controls/button.js';
import { bytes, count, dateTime, span, timeOfId } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { linkToStream } from '../views.js';
import type { ReplayRun, ReplayState } from './replay-run.js';

const WORDS: Readonly<Record<ReplayState, string>> = {
  running: 'Running',
  paused: 'Paused',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** How far a replay is, and what can be done about it. */
export function ReplayStatus({ run }: { readonly run: ReplayRun }) {
  const state = run.state.value;
  const { entries, bytes: size, at, dueIn, gaps } = run.progress.value;
  const { target, after, until } = run.options;
  const [start, end] = [timeOfId(after), timeOfId(until)];
  const share = state === 'done' ? 1 : at === undefined ? 0 : (timeOfId(at) - start) / Math.max(1, end - start);
  const isOpen = state === 'running' || state === 'paused';
  return (
    <section class="card stack" aria-labelledby="replay-status">
      <h2 id="replay-status">
        <span role="status">{WORDS[state]}</span>
      </h2>
      <progress value={Math.min(1, Math.max(0, share))} max={1} aria-label="Part of the span that was replayed" />
      <p>
        <strong data-count="replayed">{count(entries)}</strong> entries ({bytes(size)}) are stored in{' '}
        <a href={linkToStream(target)}>{target}</a>
        {at !== undefined && `, recorded up to ${dateTime(timeOfId(at))}`}.
        {dueIn !== undefined && ` The next one is due in ${span(dueIn)}.`}
      </p>
      {gaps > 0 && (
        <Notice kind="warning">
          Entries went away before they were read: {count(gaps)} gaps. The rest was replayed.
        </Notice>
      )}
      {state === 'failed' && <Notice kind="error">{textOf(run.failure)} What is counted above is stored.</Notice>}
      {isOpen && (
        <div class="row">
          {state === 'running' ? (
            <Button onClick={() => run.pause()}>Pause</Button>
          ) : (
            <Button kind="main" onClick={() => run.goOn()}>
              Go on
            </Button>
          )}
          <Button onClick={() => run.stop()}>Stop</Button>
        </div>
      )}
    </section>
  );
}
