import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from './button.js';

/** One column of a table. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand on the right. */
  readonly numeric?: boolean;
  /** What rows are sorted by when the user presses the head of the column. */
  readonly sortBy?: (row: Row) => number | string;
  /** The head is read out, and not seen: for columns of buttons. */
  readonly bare?: boolean;
}

interface TableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Rows at first, and as many more at each press. @default 200 */
  readonly step?: number;
}

/** Rows under sortable heads. On a phone each row is a card: the name of a column stands before its value. */
export function Table<Row>({ label, columns, rows, keyOf, step = 200 }: TableProps<Row>) {
  const [sorted, setSorted] = useState<{ readonly name: string; readonly down: boolean } | undefined>();
  const [most, setMost] = useState(step);
  const column = columns.find(({ name }) => name === sorted?.name);
  const shown = (column?.sortBy ? sortRows(rows, column.sortBy, sorted!.down) : rows).slice(0, most);

  return (
    <div class="table">
      <table>
        <caption class="hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map(({ name, numeric, sortBy, bare }) => {
              const isSorted = sorted?.name === name;
              const order = isSorted ? (sorted.down ? 'descending' : 'ascending') : undefined;
              return (
                <th key={name} scope="col" class={numeric ? 'numeric' : undefined} aria-sort={order}>
                  {sortBy ? (
                    <button
                      type="button"
                      onClick={() => setSorted({ name, down: isSorted ? !sorted.down : numeric === true })}
                    >
                      {name}
                      <span aria-hidden="true">{isSorted ? (sorted.down ? ' ↓' : ' ↑') : ''}</span>
                    </button>
                  ) : (
                    <span class={bare ? 'hidden' : undefined}>{name}</span>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, numeric, bare }) => (
                <td key={name} class={numeric ? 'numeric' : undefined} data-name={bare ? undefined : name}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <Button onClick={() => setMost(most + step)}>Show more ({rows.length - most} left)</Button>
      )}
    </div>
  );
}

function sortRows<Row>(rows: readonly Row[], by: (row: Row) => number | string, down: boolean): Row[] {
  const order = [...rows].sort((left, right) => {
    const [a, b] = [by(left), by(right)];
    return typeof a === 'string' && typeof b === 'string' ? a.localeCompare(b) : Number(a) - Number(b);
  });
  return down ? order.reverse() : order;
}
