import { CREDENTIALS_RESOURCE, SOURCES_RESOURCE } from '../../protocol/constants.js';

const ACKNOWLEDGEMENT = Buffer.from('{"status":200}');

/** The message that authenticates (connector§4.2). */
export function validateText(token: string | null): string {
  return JSON.stringify({ op: 'validate', resourceName: CREDENTIALS_RESOURCE, object: token });
}

/** The message that claims a source (connector§4.3). */
export function claimText(source: string, secret: string): string {
  return JSON.stringify({
    op: 'connectExtension',
    resourceName: SOURCES_RESOURCE,
    resourceId: source,
    parameters: { reconnectSecret: secret },
  });
}

/** Whether a message is the acknowledgement as hubs write it, so that it need not be parsed. */
export function isPlainAcknowledgement(data: Buffer): boolean {
  return data.length === ACKNOWLEDGEMENT.length && data.equals(ACKNOWLEDGEMENT);
}
