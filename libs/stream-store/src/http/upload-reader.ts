import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { MillraceError } from '@millrace/core/errors';
import { bodyHeadersOf, rawRequestOf } from '@millrace/core/http';
import { invalidField } from '../engine/query.js';
import type { StreamLimits } from '../stream-store.options.js';

/** One file part of an upload. */
interface UploadedEntry {
  readonly filename: string;
  readonly data: Buffer;
}

const FIELD = 'entries';

/**
 * Reads the file parts named `entries` of a `multipart/form-data` body as it streams in. They go in as one transaction,
 * so they are held until the last has come; the limits bound that.
 *
 * @throws MillraceError 422 without such a part, 413 above a limit, 408 for a body that comes too slowly, 400 for one
 * that is not well formed
 */
export async function readUpload(request: object, limits: StreamLimits): Promise<UploadedEntry[]> {
  const type = bodyHeadersOf(request)['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) throw missingEntries();
  const entries = await collect(request, type, limits);
  if (entries.length === 0) throw missingEntries();
  return entries;
}

function collect(request: object, type: string, limits: StreamLimits): Promise<UploadedEntry[]> {
  const raw = rawRequestOf(request);
  const parser = parserOf(type, limits);
  const found: UploadedEntry[] = [];
  let total = 0;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      raw.unpipe(parser);
      raw.pause();
      reject(error);
    };
    const malformed = (cause: unknown): void =>
      fail(new MillraceError('BAD_REQUEST', 'The multipart body is not well formed', { cause }));
    parser.on('file', (field, part, filename) => {
      const chunks: Buffer[] = [];
      part.on('data', (chunk: Buffer) => {
        total += chunk.length;
        if (total > limits.maxUploadBytes) fail(tooLarge(`An upload may have at most ${limits.maxUploadBytes} bytes`));
        else if (field === FIELD) chunks.push(chunk);
      });
      part.on('limit', () => fail(tooLarge(`An entry may have at most ${limits.maxMessageBytes} bytes`)));
      part.on('error', malformed);
      part.on('end', () => {
        if (field === FIELD) found.push({ filename, data: Buffer.concat(chunks) });
      });
    });
    parser.on('filesLimit', () => fail(tooLarge(`An upload may have at most ${limits.maxBatchEntries} entries`)));
    parser.on('error', malformed);
    parser.on('finish', () => resolve(found));
    // One that comes too slowly says so itself.
    raw.on('error', (error) => (error instanceof MillraceError ? fail(error) : malformed(error)));
    raw.on('close', () => {
      if (!raw.complete) malformed(new Error('The connection was closed'));
    });
    raw.pipe(parser);
  });
}

function parserOf(type: string, { maxMessageBytes, maxBatchEntries }: StreamLimits): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': type },
      preservePath: true,
      isPartAFile: (_field, _type, filename) => filename !== undefined,
      limits: { fileSize: maxMessageBytes, files: maxBatchEntries, fields: 100, fieldSize: 64 * 1024 },
    });
  } catch (error) {
    throw new MillraceError('BAD_REQUEST', 'The multipart body has no boundary', { cause: error });
  }
}

function tooLarge(message: string): MillraceError {
  return new MillraceError('TOO_LARGE', message, { headers: { Connection: 'close' } });
}

function missingEntries(): MillraceError {
  return invalidField(['body', FIELD], 'field required', 'value_error.missing');
}
