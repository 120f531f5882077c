import { invalidField } from '../query.js';
import { devicePicture, isDeviceFrame } from './device-frame.js';
import { convertImage, type ImageFormat, isOfFormat } from './image.js';
import { readJsonEntry } from './json-entry.js';
import { quoted } from '../quoted.js';

/** Formats an entry can be asked for or said to be in (stream-store§10). */
const OUTPUTS = ['same', 'null', 'json', 'jpg', 'jpeg', 'png'] as const;
/** What a headset sends is only taken. */
const INPUTS = [...OUTPUTS, 'holo'] as const;
type Format = 'same' | 'null' | 'json' | ImageFormat | 'holo';

/**
 * Turns the bytes of one entry into the format that was asked for.
 *
 * @throws MillraceError `INVALID` for an entry that cannot be converted; any other error is not the entry's fault
 */
export type Conversion = (data: Buffer) => Buffer | Promise<Buffer>;

/**
 * Finds the conversion for `output` and `input`; undefined when entries stay as they are. Where `input` does not say
 * what the entries are, each is looked at.
 *
 * @throws MillraceError `INVALID` (422) for an unknown format or a pair that cannot be converted
 */
export function findConversion(output: string | null, input: string | null): Conversion | undefined {
  const to = readFormat('output', output, OUTPUTS);
  const from = readFormat('input', input, INPUTS);
  if (to === 'same') return undefined;
  if (to === 'null') return () => Buffer.alloc(0);
  if (isImage(to)) {
    if (from === to) return undefined;
    if (isImage(from)) return (data) => convertImage({ data }, to);
    if (from === 'holo') return async (data) => convertImage(devicePicture(data), to);
    if (from === 'same') {
      return (data) => {
        if (isOfFormat(data, to)) return data;
        return convertImage(isDeviceFrame(data) ? devicePicture(data) : { data }, to);
      };
    }
  } else if (from === 'json' || from === 'same' || from === 'holo') {
    // A headset's hands and eyes are JSON.
    return readJsonEntry;
  }
  throw invalidField(['query', 'output'], `Entries of the format ${from} cannot be converted to ${to}`);
}

function readFormat(parameter: string, value: string | null, known: readonly string[]): Format {
  if (!value) return 'same';
  const format = known.find((one) => one === value.toLowerCase());
  if (!format)
    throw invalidField(
      ['query', parameter],
      `Query parameter "${parameter}" must be one of ${known.join(', ')}, not ${quoted(value)}`,
    );
  return format === 'jpeg' ? 'jpg' : (format as Format);
}

function isImage(format: Format): format is ImageFormat {
  return format === 'jpg' || format === 'png';
}
