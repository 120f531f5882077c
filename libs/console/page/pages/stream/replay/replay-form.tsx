import type { StreamInfo } from '@millrace/client/browser';
import { compareIds } from '@millrace/protocol';
import { useState } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { Choice, TextField } from '../../../parts/controls/field.js';
import { dateTime, timeOfId } from '../../../parts/formats/format.js';
import { idBefore, lastIdAt, POSITION_HINT, readPosition } from '../../../parts/formats/position.js';
import type { ReplayOptions } from './replay-run.js';
import { TargetField, useTarget } from './target-field.js';

interface ReplayFormProps {
  readonly info: StreamInfo;
  readonly first: string;
  readonly last: string;
  readonly isRunning: boolean;
  readonly onStart: (options: ReplayOptions) => void;
}

const LEAST_FACTOR = 0.1;
const MOST_FACTOR = 100;

/** Which part of the stream goes where, and how fast. */
export function ReplayForm({ info: { stream }, first, last, isRunning, onStart }: ReplayFormProps) {
  const [part, setPart] = useState<'all' | 'range'>('all');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [speed, setSpeed] = useState<'recorded' | 'fast'>('recorded');
  const [factorText, setFactor] = useState('1');
  const target = useTarget(stream);

  const begin = part === 'all' || from.trim() === '' ? first : readPosition(from);
  const end = part === 'all' || to.trim() === '' ? last : lastIdAt(to);
  const factor = Number(factorText);
  const factorFault =
    factor >= LEAST_FACTOR && factor <= MOST_FACTOR ? undefined : `A number from ${LEAST_FACTOR} to ${MOST_FACTOR}`;
  const isReversed = begin !== undefined && end !== undefined && compareIds(begin, end) > 0;
  const isReady =
    !isRunning &&
    begin !== undefined &&
    end !== undefined &&
    !isReversed &&
    target.name !== '' &&
    target.fault === undefined &&
    (speed === 'fast' || factorFault === undefined);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (!isReady) return;
    onStart({
      source: stream,
      target: target.name,
      after: idBefore(begin),
      until: end,
      factor: speed === 'fast' ? undefined : factor,
    });
  };

  return (
    <form class="card stack" onSubmit={submit}>
      <div class="grid">
        <Choice
          label="Which entries"
          value={part}
          onChange={setPart}
          choices={{ all: 'All that are kept now', range: 'A range' }}
          hint={`From ${dateTime(timeOfId(first))} to ${dateTime(timeOfId(last))}`}
        />
        {part === 'range' && (
          <>
            <TextField
              label="From"
              value={from}
              onInput={setFrom}
              placeholder={first}
              mono
              fault={begin === undefined ? `“${from}” is not a place. ${POSITION_HINT}.` : undefined}
              hint="An ID or a time; empty: the first one"
            />
            <TextField
              label="To"
              value={to}
              onInput={setTo}
              placeholder={last}
              mono
              fault={
                end === undefined
                  ? `“${to}” is not a place. ${POSITION_HINT}.`
                  : isReversed
                    ? 'This lies before the beginning.'
                    : undefined
              }
              hint="An ID or a time, included; empty: the last one"
            />
          </>
        )}
      </div>
      <div class="grid">
        <Choice
          label="Pace"
          value={speed}
          onChange={setSpeed}
          choices={{ recorded: 'As it was recorded', fast: 'As fast as it goes' }}
        />
        {speed === 'recorded' && (
          <TextField
            label="Times as fast"
            type="number"
            min={LEAST_FACTOR}
            max={MOST_FACTOR}
            step="any"
            value={factorText}
            onInput={setFactor}
            fault={factorFault}
            hint="1: with the times between entries as recorded"
          />
        )}
      </div>
      <TargetField target={target} />
      <div class="row">
        <Button type="submit" kind="main" disabled={!isReady}>
          Replay
        </Button>
        <span class="soft grow">
          It runs in this page: keep it open and in front, and stay in this view until it is done.
        </span>
      </div>
    </form>
  );
}
