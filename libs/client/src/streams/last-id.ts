import type { ServerLink } from '../link/server-link.js';
import { readStreamInfo, type StreamInfo } from './stream-info.js';
import { pathOfStreams } from './stream-name.js';

/** What is known of a stream, asked with the patience of a push or pull. */
export async function patientInfo(
  link: ServerLink,
  stream: string,
  signal: AbortSignal | undefined,
): Promise<StreamInfo> {
  const { maxAttempts: rounds, connectTimeout: answerWithin } = link.settings;
  const path = `streams/${pathOfStreams([stream])}`;
  return readStreamInfo(await link.json({ path, rounds, answerWithin }, { signal, timeout: 0 }));
}

/** The last ID a stream ever gave. */
export async function lastIdOf(link: ServerLink, stream: string, signal: AbortSignal | undefined): Promise<string> {
  return (await patientInfo(link, stream, signal)).lastGeneratedId;
}
