import { Busboy } from '@fastify/busboy';
import { MillraceError } from '../errors/millrace.error.js';
import { type TakenBody, URL_ENCODED } from './read-body.js';

const MULTIPART = 'multipart/form-data';
const LIMITS = { fields: 20, files: 0, parts: 20, fieldNameSize: 100, fieldSize: 16_384, headerPairs: 20 };

/** Whether a body says that it is a form. */
export function isForm({ mediaType }: Pick<TakenBody, 'mediaType'>): boolean {
  return mediaType === URL_ENCODED || mediaType === MULTIPART;
}

/**
 * The text fields of a form, urlencoded or multipart: the first of each name, and at most 20. Files are left out. A body
 * of another type has no fields.
 *
 * @throws MillraceError `BAD_REQUEST` when the form cannot be read
 */
export async function parseForm({ bytes, mediaType, contentType }: TakenBody): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>();
  const add = (name: string, value: string): void => {
    if (!fields.has(name)) fields.set(name, value);
  };
  if (mediaType === URL_ENCODED) new URLSearchParams(bytes.toString()).forEach((value, name) => add(name, value));
  else if (mediaType === MULTIPART && bytes.length > 0) {
    try {
      await readMultipart(bytes, contentType, add);
    } catch (error) {
      throw new MillraceError('BAD_REQUEST', 'The form cannot be read', { cause: error });
    }
  }
  return fields;
}

function readMultipart(bytes: Buffer, contentType: string, add: (name: string, value: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
    parser.on('field', (name, value) => add(name, value));
    parser.on('finish', resolve);
    parser.on('error', reject);
    parser.end(bytes);
  });
}
