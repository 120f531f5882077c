import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listeningUrls } from '../../apps/reference/src/listening-line.js';
import { type RunningReference, startReference } from './reference.js';
import { waitFor } from './waiting.js';

/** The reference application with all of its ports open. */
export interface RunningListeners extends RunningReference {
  /** `https://…`, when there is a port with TLS. */
  readonly secureUrl: string;
  readonly plainUrl: string;
  /** The authority of the certificate of development, as PEM, and its file. */
  readonly ca: string;
  readonly caFile: string;
}

/** Starts the reference application with a port with TLS and a plain one beside its own, all of them free ones. */
export async function startListeners(
  directory: string,
  environment: Record<string, string> = {},
): Promise<RunningListeners> {
  const reference = await startReference(directory, {
    TLS_PORT: '0',
    PLAIN_PORT: '0',
    ...(environment['TLS_CERT'] ? {} : { TLS_SELF_SIGNED: 'on' }),
    ...environment,
  });
  const urls = await waitFor('the lines of all ports', () => {
    const found = listeningUrls(reference.output());
    return found.length === 3 ? found : undefined;
  }).catch(async (error: unknown) => {
    await reference.stop('SIGKILL');
    throw error;
  });
  const caFile = environment['TLS_CERT'] ?? join(directory, 'tls/ca.pem');
  const [, secureUrl = '', plainUrl = ''] = urls;
  return { ...reference, secureUrl, plainUrl, caFile, ca: await readFile(caFile, 'utf8') };
}
