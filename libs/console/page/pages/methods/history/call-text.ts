import { rpcAddress } from '../../../app/servers.js';
import type { CallRequest } from './history.js';

/** The call as a JSON-RPC request. */
export function asJsonRpc({ method, params }: CallRequest): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, ...(params !== undefined && { params }) });
}

/** The call as a command; it takes the token from the environment. */
export function asCurl(request: CallRequest): string {
  const lines = [
    `curl -X POST '${rpcAddress()}'`,
    `-H 'Content-Type: application/json'`,
    `-H "Authorization: Bearer $TOKEN"`,
    `-d '${asJsonRpc(request).replace(/'/g, `'\\''`)}'`,
  ];
  return lines.join(' \\\n  ');
}
