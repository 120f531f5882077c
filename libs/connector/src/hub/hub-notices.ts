import type { Notice } from '@millrace/core/ops';
import type { ConnectorHub } from '../api/connector-hub.js';

/** A connector that restarts is back in less, in milliseconds. */
const LONG = 5 * 60_000;
/** Names that a notice lists. */
const LISTED = 10;

/** What is unsafe at the hub, and which sources have been without a connector for long. */
export async function hubNotices(hub: ConnectorHub): Promise<Notice[]> {
  const notices: Notice[] = [];
  if (hub.letsEverybodyIn) {
    notices.push({
      code: 'SOURCES_OPEN',
      level: 'warning',
      text: 'Connectors with any token are accepted: nothing checks their tokens',
      remedy: 'Import AuthModule, or give the option authenticator of ConnectorHubModule',
    });
  }
  const now = Date.now();
  const away = (await hub.sources()).filter(({ state, since }) => state === 'disconnected' && now - since >= LONG);
  if (away.length > 0) {
    const names = away.slice(0, LISTED).map(({ name }) => `"${name}"`);
    const more = away.length > LISTED ? ` and ${away.length - LISTED} more` : '';
    notices.push({
      code: 'SOURCES_AWAY',
      level: 'warning',
      text: `Sources have had no connector for more than ${LONG / 60_000} minutes: ${names.join(', ')}${more}`,
      remedy:
        'Start their connectors, or look at their logs; delete sources that are not used by DELETE /sources/{name}',
    });
  }
  return notices;
}
