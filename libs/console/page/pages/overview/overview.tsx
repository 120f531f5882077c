import { has } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { BusiestStreams } from './busiest-streams.js';
import { Inventory } from './inventory.js';
import { StatisticsView } from './statistics-view.js';

/** What is wrong, how the server does, and what it has. */
export default function Overview() {
  return (
    <>
      <Heading title="Overview" about="What is wrong, how the server does, and what it has." />
      {has('statistics') && may('statistics:read') ? (
        <StatisticsView>
          <BusiestStreams />
        </StatisticsView>
      ) : (
        <>
          <NoStatistics />
          <BusiestStreams />
        </>
      )}
      <Inventory />
    </>
  );
}

/** Why there are no figures. */
function NoStatistics() {
  return (
    <Notice kind="info">
      {has('statistics') ? (
        <>
          What is wrong with the server, and its figures, are shown to those who hold the scope{' '}
          <code>statistics:read</code>.
        </>
      ) : (
        <>
          This server keeps no statistics: its application does not import <code>MillraceStatisticsModule</code>.
        </>
      )}
    </Notice>
  );
}
