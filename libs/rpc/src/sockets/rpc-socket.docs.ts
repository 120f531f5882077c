import type { SocketDocs } from '@millrace/core/sockets';

const ID = { type: ['integer', 'string'] };
const JSONRPC = { const: '2.0' };

/** What the AsyncAPI document says of the RPC sockets. */
export function rpcSocketDocs(): SocketDocs {
  return {
    title: 'JSON-RPC 2.0',
    description:
      'Requests, notifications and batches as text frames. A binary frame is the length of the JSON text (4 bytes, little-endian), the text, and a payload.',
    receives: [
      {
        name: 'request',
        contentType: 'application/json',
        schema: {
          type: 'object',
          properties: { jsonrpc: JSONRPC, id: ID, method: { type: 'string' }, params: { type: ['array', 'object'] } },
          required: ['jsonrpc', 'method'],
        },
        example: { jsonrpc: '2.0', id: 1, method: 'get-version' },
      },
      { name: 'binaryRequest', contentType: 'application/octet-stream', summary: 'A request with a binary payload' },
    ],
    sends: [
      {
        name: 'reply',
        contentType: 'application/json',
        schema: {
          type: 'object',
          properties: { jsonrpc: JSONRPC, id: ID, result: {} },
          required: ['jsonrpc', 'id', 'result'],
        },
      },
      {
        name: 'error',
        contentType: 'application/json',
        schema: {
          type: 'object',
          properties: {
            jsonrpc: JSONRPC,
            id: { type: ['integer', 'string', 'null'] },
            error: {
              type: 'object',
              properties: { code: { type: 'integer' }, message: { type: 'string' }, data: {} },
              required: ['code', 'message'],
            },
          },
          required: ['jsonrpc', 'id', 'error'],
        },
      },
      {
        name: 'progress',
        contentType: 'application/json',
        schema: {
          type: 'object',
          properties: {
            jsonrpc: JSONRPC,
            method: { type: 'string' },
            params: {
              type: 'object',
              properties: { id: ID, operation: { type: 'string' }, amount: { type: 'number', minimum: 0, maximum: 1 } },
              required: ['id', 'operation', 'amount'],
            },
          },
          required: ['jsonrpc', 'method', 'params'],
        },
      },
      { name: 'binaryReply', contentType: 'application/octet-stream', summary: 'A reply with a binary payload' },
    ],
  };
}
