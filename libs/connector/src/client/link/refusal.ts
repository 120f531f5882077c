import { readRefusal } from '../../protocol/error-report.js';
import type { LinkEnd } from './link-end.js';

const DEFINITE = [400, 401, 403];

/**
 * What a status of at least 300 means for the connector (connector§4.2 §4.3 §6.3): a token refused with 400,
 * 401 or 403 and a readable body is refused for good; everything else is tried again after a pause.
 */
export function refusalEnd(step: 'auth' | 'claim', status: number, body: unknown): LinkEnd {
  const report = readRefusal(body);
  const text = describeRefusal(status, body);
  if (step === 'claim') return { kind: 'claim-refused', message: `The claim was refused: ${text}` };
  if (report && DEFINITE.includes(status)) return { kind: 'auth-refused', message: `Connect call failed: ${text}` };
  return { kind: 'failed', message: `The authentication failed: ${text}` };
}

/** Status, code and text of a refusal, as far as they are there. */
export function describeRefusal(status: number, body: unknown): string {
  const report = readRefusal(body);
  return report ? `${status} :: ${report.code}:${report.message}` : `${status}`;
}
