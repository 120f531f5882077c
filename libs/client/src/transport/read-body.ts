import type { HttpReply } from './http-exchange.interface.js';

/** The whole body. */
export async function readBytes({ body }: HttpReply): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
  }
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** The whole body as text. */
export async function readText(reply: HttpReply): Promise<string> {
  return new TextDecoder().decode(await readBytes(reply));
}
