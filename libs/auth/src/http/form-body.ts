import { Busboy } from '@fastify/busboy';

const LIMITS = { fields: 20, files: 0, parts: 20, fieldNameSize: 100, fieldSize: 16_384, headerPairs: 20 };
const TYPE = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;

/** Fields of a form body, the first of each name. Another body, for example JSON, has none. */
export async function parseFormBody(body: Buffer, contentType = ''): Promise<ReadonlyMap<string, string>> {
  const type = TYPE.exec(contentType)?.[1]?.toLowerCase();
  const fields = new Map<string, string>();
  if (!type || body.length === 0) return fields;
  const add = (name: string, value: string): void => {
    if (!fields.has(name)) fields.set(name, value);
  };
  if (type === 'application/x-www-form-urlencoded') {
    new URLSearchParams(body.toString()).forEach((value, name) => add(name, value));
    return fields;
  }
  try {
    await readMultipart(body, contentType, add);
  } catch {
    // A broken form is one whose fields are missing, and is answered so.
    fields.clear();
  }
  return fields;
}

function readMultipart(body: Buffer, contentType: string, add: (name: string, value: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
    parser.on('field', (name, value) => add(name, value));
    parser.on('finish', resolve);
    parser.on('error', reject);
    parser.end(body);
  });
}
