import type { HubSourceStatus } from '@millrace/client/browser';
import { Badge } from '../../parts/display/badge.js';

const KINDS = { connected: 'good', reconnecting: 'info', disconnected: 'warning' } as const;

/** Whether a connector serves a source. */
export function SourceState({ state }: Pick<HubSourceStatus, 'state'>) {
  return <Badge kind={KINDS[state]}>{state}</Badge>;
}
