import { Notice } from '../../parts/display/notice.js';
import type { SourceViewProps } from './views.js';

/** Says that there is nobody who would answer. */
export function NotServed({ source }: SourceViewProps) {
  if (source.state !== 'disconnected') return null;
  return <Notice kind="warning">No connector serves this source at present, so the server will refuse this.</Notice>;
}
