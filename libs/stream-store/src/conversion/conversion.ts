import { MillraceError } from '@millrace/core';
import { invalidField } from '../rest/validation.js';
import { convertImage, type ImageFormat } from './image.js';

/** Formats an entry can be asked for or said to be in (protocol, section 10). */
const FORMATS = ['same', 'null', 'json', 'jpg', 'jpeg', 'png'] as const;
type Format = 'same' | 'null' | 'json' | ImageFormat;

/** Turns the bytes of one entry into the format that was asked for. */
export type Conversion = (data: Buffer) => Buffer | Promise<Buffer>;

/**
 * Finds the conversion for `output` and `input`; undefined when entries stay as they are.
 *
 * @throws MillraceError `INVALID` (422) for an unknown format or a pair that cannot be converted
 */
export function findConversion(output: string | null, input: string | null): Conversion | undefined {
  const to = readFormat('output', output);
  const from = readFormat('input', input);
  if (to === 'same' || to === from) return to === 'json' ? compactJson : undefined;
  if (to === 'null') return () => Buffer.alloc(0);
  if (from === 'same')
    throw invalidField(['query', 'input'], `Say with input=… what the entries are, to get them as ${to}`);
  if (isImage(to) && isImage(from)) return (data) => convertImage(data, to);
  throw invalidField(['query', 'output'], `Entries of the format ${from} cannot be converted to ${to}`);
}

function readFormat(parameter: string, value: string | null): Format {
  if (!value) return 'same';
  const format = FORMATS.find((known) => known === value.toLowerCase());
  if (!format) throw invalidField(['query', parameter], `The format is not known; take one of ${FORMATS.join(', ')}`);
  return format === 'jpeg' ? 'jpg' : format;
}

function isImage(format: Format): format is ImageFormat {
  return format === 'jpg' || format === 'png';
}

function compactJson(data: Buffer): Buffer {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(data.toString('utf8'))));
  } catch (error) {
    throw new MillraceError('INVALID', 'An entry is not JSON, so it cannot be given as JSON', { cause: error });
  }
}
