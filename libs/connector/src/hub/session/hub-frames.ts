import { BINARY_FRAME, frameHeader, TEXT_FRAME } from '@millrace/core/sockets';
import { SOURCES_RESOURCE } from '../../protocol/constants.js';
import { jsonText } from '../../protocol/messages.js';

const ACKNOWLEDGEMENT = Buffer.from('{"status":200}');
const TEXT_ACKNOWLEDGEMENT = Buffer.concat([frameHeader(TEXT_FRAME, ACKNOWLEDGEMENT.length), ACKNOWLEDGEMENT]);
const BINARY_ACKNOWLEDGEMENT = Buffer.concat([frameHeader(BINARY_FRAME, ACKNOWLEDGEMENT.length), ACKNOWLEDGEMENT]);

/** The whole frame of `{"status":200}`. */
export function acknowledgementFrame(binary: boolean): Buffer {
  return binary ? BINARY_ACKNOWLEDGEMENT : TEXT_ACKNOWLEDGEMENT;
}

/** A refusal or report as the hub sends it (connector§3.3). */
export function refusalText(status: number, code: string, message: string, params: readonly unknown[] = []): string {
  return JSON.stringify({ status, body: [{ code, message, params }], contentType: 'application/json' });
}

/** Asks the connector of a source to claim it anew (connector§4.6). */
export function reconnectText(source: string): string {
  return JSON.stringify({ op: 'reconnectRequired', resourceName: SOURCES_RESOURCE, resourceId: source });
}

/** An operation on a source that carries something. @throws ConnectorError when that cannot be written as JSON, or is too deep */
export function operationText(
  op: 'configureExtension' | 'publish' | 'query',
  source: string,
  object: unknown,
  messageHeaders: object = {},
): string {
  const carried = jsonText('message', object);
  const target = `"resourceName":"${SOURCES_RESOURCE}","resourceId":${JSON.stringify(source)}`;
  const rest = `"messageHeaders":${JSON.stringify(messageHeaders)},"contentType":"application/json"`;
  return `{"op":"${op}",${target},${carried === undefined ? '' : `"object":${carried},`}${rest}}`;
}
