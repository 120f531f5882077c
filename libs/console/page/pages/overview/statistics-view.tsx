import type { ComponentChildren } from 'preact';
import { Notice } from '../../parts/display/notice.js';
import { textOf } from '../../parts/formats/text-of.js';
import { Waiting } from '../../parts/display/waiting.js';
import { figuresOf } from './figures.js';
import { FigureSections } from './figure-sections.js';
import { FigureTable } from './figure-table.js';
import { Instance } from './instance.js';
import { LiveCharts } from './live-charts.js';
import { Notices } from './notices.js';
import { useStatistics } from './use-statistics.js';

interface StatisticsViewProps {
  /** What stands between the charts and the other figures. */
  readonly children: ComponentChildren;
}

/** What is wrong with the server, and its figures of the last quarter of an hour. */
export function StatisticsView({ children }: StatisticsViewProps) {
  const { recording, failure } = useStatistics();
  if (!recording) {
    return (
      <>
        {failure === undefined ? (
          <Waiting for="the figures of the server" />
        ) : (
          <Notice kind="error">{textOf(failure)}</Notice>
        )}
        {children}
      </>
    );
  }
  const sections = figuresOf(recording);
  return (
    <>
      {failure !== undefined && <Notice kind="error">{textOf(failure)}</Notice>}
      <Notices notices={recording.notices} />
      <Instance recording={recording} />
      <LiveCharts recording={recording} sections={sections} />
      {children}
      <FigureSections sections={sections} />
      <FigureTable sections={sections} />
    </>
  );
}
