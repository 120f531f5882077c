import { isObject, type OperationMessage, type ReadableMessage } from '../../protocol/messages.js';
import type { LinkEnd } from './link.interface.js';
import { readRefusal } from '../../protocol/error-report.js';

/** What a message of the opening means for the client. */
export type OpeningStep =
  /** The token was accepted: the claim is due. */
  | { readonly kind: 'claim' }
  /** A status before the configuration; hubs may send some (connector§4.4). */
  | { readonly kind: 'skip' }
  | { readonly kind: 'configured'; readonly config: unknown }
  | { readonly kind: 'refused'; readonly end: LinkEnd }
  /** The hub does not keep to the protocol. */
  | { readonly kind: 'fault'; readonly message: string }
  /** A message that means nothing here. */
  | { readonly kind: 'odd'; readonly message: string };

/** Reads the answer to `validate` (connector§4.2). An answer without a status counts as success. */
export function authenticationStep(parsed: ReadableMessage): OpeningStep {
  if (parsed.kind === 'operation') {
    return { kind: 'fault', message: 'An operation came before the answer to the authentication' };
  }
  if (parsed.kind === 'neither' || parsed.message.status < 300) return { kind: 'claim' };
  return { kind: 'refused', end: refusalEnd('auth', parsed.message.status, parsed.message.body) };
}

/** Reads what follows `connectExtension` (connector§4.3 to connector§4.5). */
export function claimStep(parsed: ReadableMessage): OpeningStep {
  if (parsed.kind === 'operation') return configurationStep(parsed.message);
  if (parsed.kind === 'neither') return { kind: 'odd', message: 'A message with neither op nor status was ignored' };
  const { status, body } = parsed.message;
  return status < 300 ? { kind: 'skip' } : { kind: 'refused', end: refusalEnd('claim', status, body) };
}

function configurationStep({ op, object }: OperationMessage): OpeningStep {
  if (op !== 'configureExtension') {
    return { kind: 'fault', message: 'Another operation came in place of the configuration' };
  }
  if (!isObject(object) || object['config'] === undefined) {
    return { kind: 'fault', message: 'The configuration message holds no configuration' };
  }
  return { kind: 'configured', config: object['config'] };
}

const DEFINITE = [400, 401, 403];

/**
 * What a status of at least 300 means for the connector (connector§4.2 §4.3 §6.3): a token refused with 400,
 * 401 or 403 and a readable body is refused for good; everything else is tried again after a pause.
 */
function refusalEnd(step: 'auth' | 'claim', status: number, body: unknown): LinkEnd {
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
