import type { SocketDocs } from '@millrace/core/sockets';

type Schema = Readonly<Record<string, unknown>>;

const ID = { type: ['integer', 'string'] };
const TEXT = { type: 'string' };
const BINARY = 'application/octet-stream';

/** What the AsyncAPI document says of the RPC sockets. */
export function rpcSocketDocs(): SocketDocs {
  const error = object({ code: { type: 'integer' }, message: TEXT, data: {} }, ['code', 'message']);
  const amount = { type: 'number', minimum: 0, maximum: 1 };
  const progress = object({ id: ID, operation: TEXT, amount }, ['id', 'operation', 'amount']);
  const request = message('request', { id: ID, method: TEXT, params: { type: ['array', 'object'] } }, ['method']);
  return {
    title: 'JSON-RPC 2.0',
    description:
      'Requests, notifications and batches as text frames. A binary frame is the length of the JSON text (4 bytes, little-endian), the text, and a payload.',
    receives: [
      { ...request, example: { jsonrpc: '2.0', id: 1, method: 'get-version' } },
      { name: 'binaryRequest', contentType: BINARY, summary: 'A request with a binary payload' },
    ],
    sends: [
      message('reply', { id: ID, result: {} }, ['id', 'result']),
      message('error', { id: { type: ['integer', 'string', 'null'] }, error }, ['id', 'error']),
      message('progress', { method: TEXT, params: progress }, ['method', 'params']),
      { name: 'binaryReply', contentType: BINARY, summary: 'A reply with a binary payload' },
    ],
  };
}

function message(name: string, members: Schema, required: readonly string[]): SocketDocs['sends'][number] {
  const schema = object({ jsonrpc: { const: '2.0' }, ...members }, ['jsonrpc', ...required]);
  return { name, contentType: 'application/json', schema };
}

function object(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', properties, required };
}
