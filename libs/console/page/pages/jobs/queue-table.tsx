import type { QueueFigures } from '../../../src/jobs/queue-figures.js';
import { Badge } from '../../parts/display/badge.js';
import { count } from '../../parts/formats/format.js';
import { type Column, Table } from '../../parts/controls/table.js';
import { addressOfBoard, type JobState } from './board.js';

/** States of jobs that nothing but a free worker, or another job, keeps from being done. */
const WAITING = ['waiting', 'prioritized', 'paused', 'waiting-children'];

function waitingOf({ counts }: QueueFigures): number {
  return WAITING.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

const COLUMNS: readonly Column<QueueFigures>[] = [
  {
    name: 'Queue',
    sortBy: ({ name }) => name,
    cell: ({ name }) => (
      <span class="queue-name">
        <a href={addressOfBoard(['queue', name])}>{name}</a>
      </span>
    ),
  },
  {
    name: 'State',
    sortBy: ({ isPaused }) => (isPaused ? 0 : 1),
    cell: ({ isPaused }) => (isPaused ? <Badge kind="warning">paused</Badge> : <Badge kind="good">running</Badge>),
  },
  { name: 'Waiting', numeric: true, sortBy: waitingOf, cell: (queue) => count(waitingOf(queue)) },
  jobsIn('Active', 'active'),
  jobsIn('Delayed', 'delayed'),
  jobsIn('Failed', 'failed'),
  jobsIn('Completed', 'completed'),
];

/** How many jobs are in a state, with a way to them. */
function jobsIn(title: string, state: JobState): Column<QueueFigures> {
  const number = ({ counts }: QueueFigures): number => counts[state] ?? 0;
  return {
    name: title,
    numeric: true,
    sortBy: number,
    cell: (queue) => {
      const text = count(number(queue));
      if (number(queue) === 0) return text;
      return (
        <a href={addressOfBoard(['queue', queue.name], state)} aria-label={`${text} ${state} jobs of ${queue.name}`}>
          {state === 'failed' ? <Badge kind="error">{text}</Badge> : text}
        </a>
      );
    },
  };
}

/** Queues with how many jobs they have. */
export function QueueTable({ queues }: { readonly queues: readonly QueueFigures[] }) {
  return <Table label="Queues" columns={COLUMNS} rows={queues} keyOf={({ name }) => name} />;
}
