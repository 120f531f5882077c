import { type Column, Table } from '../../parts/controls/table.js';
import type { FigureSection, ShownFigure } from './figures.js';

type Row = ShownFigure & { readonly section: string };

const COLUMNS: readonly Column<Row>[] = [
  { name: 'About', cell: ({ section }) => section, sortBy: ({ section }) => section },
  { name: 'Figure', cell: ({ name }) => name, sortBy: ({ name }) => name },
  { name: 'Shown', numeric: true, cell: ({ text }) => text },
  { name: 'Least', numeric: true, cell: (row) => extreme(row, Math.min) },
  { name: 'Most', numeric: true, cell: (row) => extreme(row, Math.max) },
];

/** The same figures as numbers alone, also for those who do not see lines. */
export function FigureTable({ sections }: { readonly sections: readonly FigureSection[] }) {
  const rows = sections.flatMap(({ name, figures }) => figures.map((figure) => ({ ...figure, section: name })));
  return (
    <details class="as-table">
      <summary>All figures as a table, with the least and the most of the last quarter of an hour</summary>
      <Table
        label="Figures of the last quarter of an hour"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ section, name }) => `${section}/${name}`}
      />
    </details>
  );
}

function extreme({ values, format }: Row, choose: (...values: number[]) => number): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '–' : format(choose(...known));
}
