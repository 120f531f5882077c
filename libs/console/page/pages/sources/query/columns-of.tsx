import { isObject } from '../../../parts/formats/read-json.js';
import type { Column } from '../../../parts/controls/table.js';

/** A row with its place among the others. */
export interface NumberedRow {
  readonly number: number;
  readonly row: unknown;
}

/** Columns that are shown; of members beyond that the last column tells. */
const MOST_COLUMNS = 30;

/** Name of the column for rows that are not objects. */
const WHOLE = '(row)';

/** A column for each member that some row has, in the order in which they first come. */
export function columnsOf(rows: readonly NumberedRow[]): Column<NumberedRow>[] {
  const members = new Set<string>();
  let hasOthers = false;
  for (const { row } of rows) {
    if (isObject(row)) for (const name of Object.keys(row)) members.add(name);
    else hasOthers = true;
  }
  const names = [...members].slice(0, MOST_COLUMNS);
  const columns = names.map((name) => columnOf(name, rows, ({ row }) => (isObject(row) ? row[name] : undefined)));
  if (hasOthers) columns.push(columnOf(WHOLE, rows, ({ row }) => (isObject(row) ? undefined : row)));
  if (members.size > names.length)
    columns.push({ name: `${members.size - names.length} more`, cell: () => <span class="soft">…</span> });
  return [{ name: '#', numeric: true, cell: ({ number }) => number, sortBy: ({ number }) => number }, ...columns];
}

function columnOf(name: string, rows: readonly NumberedRow[], of: (row: NumberedRow) => unknown): Column<NumberedRow> {
  const isNumeric = rows.every((row) => ['number', 'undefined'].includes(typeof of(row)));
  return {
    // A member may have the name of the first column.
    name: name === '#' ? '# ' : name || '(empty)',
    numeric: isNumeric,
    cell: (row) => <Cell value={of(row)} />,
    sortBy: (row) => {
      const value = of(row);
      if (isNumeric) return typeof value === 'number' ? value : -Infinity;
      return textOf(value);
    },
  };
}

/** Letters of a value that are shown at once. */
const SHOWN = 300;

function Cell({ value }: { readonly value: unknown }) {
  const text = textOf(value);
  if (text.length <= SHOWN) return typeof value === 'object' ? <span class="mono">{text}</span> : <>{text}</>;
  return (
    <details>
      <summary>{text.slice(0, SHOWN)}…</summary>
      <span class="mono">{text}</span>
    </details>
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
