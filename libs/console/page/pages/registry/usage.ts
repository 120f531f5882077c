import type { FoundConnection } from '@millrace/client/browser';
import { ConnectionType } from '@millrace/protocol';

const NAMES = new Map<number, string>([
  [ConnectionType.SEND_RECEIVE, 'Send/receive'],
  [ConnectionType.PUBLISH_SUBSCRIBE, 'Publish/subscribe'],
]);

/** How a connection is used. */
export function usageOf({ connectionType }: FoundConnection): string {
  return NAMES.get(connectionType) ?? `Other (${connectionType})`;
}
