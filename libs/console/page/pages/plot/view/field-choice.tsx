import { shortNumber } from '../../../parts/chart/short-number.js';
import { Tick } from '../../../parts/controls/field.js';
import { choose } from '../choice/plot-choice.js';
import { keyOfLine, MOST_LINES, type PlottedLine } from '../choice/plotted-line.js';
import { nameOfField } from '../numbers/find-numbers.js';
import type { PlotData } from '../numbers/plot-data.js';

interface FieldChoiceProps {
  readonly data: PlotData;
  readonly lines: readonly PlottedLine[];
  /** Whether the user has chosen the lines. */
  readonly isChosen: boolean;
}

/** The numbers that were found in the entries, to be drawn or not. */
export function FieldChoice({ data, lines, isChosen }: FieldChoiceProps) {
  const keys = lines.map(({ stream, field }) => keyOfLine(stream, field));
  const isFull = keys.length >= MOST_LINES;
  const set = (key: string, isOn: boolean): void =>
    choose({ fields: isOn ? [...keys, key] : keys.filter((one) => one !== key) });

  return (
    <>
      {[...data.streams]
        .filter(([, { samples }]) => samples.fields.length > 0)
        .map(([stream, { samples }]) => (
          <fieldset key={stream} class="card fields">
            <legend class="break">{data.streams.size > 1 ? `Numbers in ${stream}` : 'Numbers in the entries'}</legend>
            {samples.fields.map((field) => {
              const key = keyOfLine(stream, field);
              const isOn = keys.includes(key);
              const last = samples.valuesOf(field)!.findLast((value) => !Number.isNaN(value));
              return (
                <Tick
                  key={field}
                  label={
                    <>
                      <span class="break">{nameOfField(field)}</span>{' '}
                      <span class="soft">{last === undefined ? '' : shortNumber(last)}</span>
                    </>
                  }
                  checked={isOn}
                  disabled={isFull && !isOn}
                  onChange={(checked) => set(key, checked)}
                />
              );
            })}
          </fieldset>
        ))}
      {isFull && <p class="soft small">{MOST_LINES} lines can be drawn at once; take one away to draw another.</p>}
      {!isChosen && lines.length > 0 && (
        <p class="soft small">
          These lines were chosen for a beginning. What you choose stands in the address of the page.
        </p>
      )}
    </>
  );
}
