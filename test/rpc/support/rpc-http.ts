/** What an HTTP exchange came to. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is empty. */
  readonly json: ReturnType<typeof JSON.parse>;
}

/** POSTs text, or anything else as JSON. */
export async function postRpc(
  url: string,
  message: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<HttpAnswer> {
  const body = typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message);
  const response = await fetch(url, { method: 'POST', headers, body: body as string });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined };
}
