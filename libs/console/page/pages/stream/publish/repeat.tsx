import { useEffect, useState } from 'preact/hooks';
import { endIfRefused } from '../../../app/session.js';
import { Button } from '../../../parts/controls/button.js';
import { TextField } from '../../../parts/controls/field.js';
import { count } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { textOf } from '../../../parts/formats/text-of.js';
import { repeat } from './send-repeatedly.js';

const MOST_RATE = 100;
const MOST_COUNT = 1_000_000;

interface RepeatProps {
  /** Sends what is written when it starts. */
  readonly send: () => Promise<string>;
  readonly isReady: boolean;
}

/** Sends the same again and again at a steady rate, until it was sent so often, the user stops it or it fails. */
export function Repeat({ send, isReady }: RepeatProps) {
  const [rateText, setRate] = useState('10');
  const [countText, setCount] = useState('100');
  const [stored, setStored] = useState<number | undefined>();
  const [failure, setFailure] = useState<unknown>();
  const [running, setRunning] = useState<AbortController | undefined>();
  useEffect(() => () => running?.abort(), [running]);

  const rate = wholeUpTo(rateText, MOST_RATE);
  const times = wholeUpTo(countText, MOST_COUNT);

  const run = async (): Promise<void> => {
    if (rate === undefined || times === undefined) return;
    const ended = new AbortController();
    setRunning(ended);
    setFailure(undefined);
    setStored(0);
    try {
      await repeat({ send, rate, times, signal: ended.signal, onStored: setStored });
    } catch (error) {
      if (!endIfRefused(error)) setFailure(error);
    } finally {
      setRunning(undefined);
    }
  };

  return (
    <details class="repeat">
      <summary>Repeat at a rate</summary>
      <div class="stack">
        <div class="stream-bar">
          <TextField
            label="Per second"
            type="number"
            min={1}
            max={MOST_RATE}
            value={rateText}
            onInput={setRate}
            fault={rate === undefined ? `1 to ${MOST_RATE}` : undefined}
          />
          <TextField
            label="How often"
            type="number"
            min={1}
            max={MOST_COUNT}
            value={countText}
            onInput={setCount}
            fault={times === undefined ? `1 to ${count(MOST_COUNT)}` : undefined}
          />
          {running ? (
            <Button onClick={() => running.abort()}>Stop</Button>
          ) : (
            <Button onClick={() => void run()} disabled={!isReady || rate === undefined || times === undefined}>
              Start
            </Button>
          )}
        </div>
        {stored !== undefined && (
          <div class="stack">
            <progress value={stored} max={times ?? stored} aria-label="Entries stored" />
            <span>
              <strong data-count="repeated">{count(stored)}</strong> of {count(times ?? stored)} stored
              {!running && failure === undefined && stored < (times ?? 0) && ', stopped'}
            </span>
          </div>
        )}
        {failure !== undefined && <Notice kind="error">{textOf(failure)} Nothing more was sent.</Notice>}
      </div>
    </details>
  );
}

function wholeUpTo(text: string, most: number): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}
