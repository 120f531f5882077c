import { ServiceUnavailableError } from '../errors/service-unavailable.error.js';
import type { HttpGetRequest } from './http-get.interface.js';

/** Asks from a page, by its own `fetch`. */
export async function browserHttpGet({
  url,
  headers,
  signal,
}: HttpGetRequest): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(url, { headers: { ...headers }, signal });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw new ServiceUnavailableError(`No answer from ${url.host}`, { cause: error });
  }
}
