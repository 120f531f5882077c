import { connect, type ConnectionSources, type Millrace } from '@millrace/client';
import type { FoundServer } from './find-server.js';

interface OpenOptions {
  /** Limit of each attempt, in milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Path of the JSON-RPC socket. */
  readonly rpcPath: string | undefined;
  /** Whether the server is asked if it takes the credential, before anything else. */
  readonly check: boolean;
}

/** Rounds through the endpoints after a cut of the connection: about half a minute. */
const RECONNECTS = 12;

/** Reaches the server that was found. An address that is wrong is told at once; cuts later are ridden out. */
export function openServer(
  { urls, credential, authorities }: FoundServer,
  { timeout, signal, rpcPath, check }: OpenOptions,
): Promise<Millrace> {
  return connect({
    endpoint: urls,
    ...(credential ? { token: credential.value } : {}),
    sources: foundSources(authorities),
    connectTimeout: timeout,
    maxReconnects: RECONNECTS,
    check,
    signal,
    rpc: { logger: SILENT, ...(rpcPath === undefined ? {} : { path: rpcPath }) },
  });
}

/** Errors reach the user by the command; events of the connection are of no interest. */
const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };

/** Everything has been looked up already: nothing else may have a say. */
function foundSources(authorities: FoundServer['authorities']): ConnectionSources {
  return {
    environment: authorities ? { MILLRACE_CA_BUNDLE: authorities.path } : {},
    pathOf: (file) => file,
    credentials: () => undefined,
    certificates: () => authorities?.pem ?? '',
  };
}
