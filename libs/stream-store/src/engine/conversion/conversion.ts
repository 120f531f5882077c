import { invalidField } from '../query.js';
import { devicePicture, isDeviceFrame } from './device-frame.js';
import { convertImage, type ImageFormat, isOfFormat, type Picture } from './image.js';
import { readJsonEntry } from './json-entry.js';
import { PictureQueue } from './picture-queue.js';
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

/** The conversions that readers of an application ask for. */
export class Conversions {
  private readonly pictures = new PictureQueue();

  /**
   * Finds the conversion for `output` and `input`; undefined when entries stay as they are. Where `input` does not say
   * what the entries are, each is looked at.
   *
   * @throws MillraceError `INVALID` (422) for an unknown format or a pair that cannot be converted
   */
  find(output: string | null, input: string | null): Conversion | undefined {
    const to = readFormat('output', output, OUTPUTS);
    const from = readFormat('input', input, INPUTS);
    return to === 'same' ? undefined : this.between(from, to);
  }

  /** The one to JPEG. @throws as {@link find} */
  toJpeg(input: string | null): Conversion {
    return this.between(readFormat('input', input, INPUTS), 'jpg');
  }

  private between(from: Format, to: Format): Conversion {
    if (to === 'null') return () => Buffer.alloc(0);
    if (isImage(to)) {
      const convert = (picture: Picture): Promise<Buffer> => convertImage(picture, to, this.pictures);
      if (from === 'holo') return (data) => convert(devicePicture(data));
      if (from === 'same')
        return (data) => {
          if (isOfFormat(data, to)) return data;
          return convert(isDeviceFrame(data) ? devicePicture(data) : { data });
        };
      // What others say of an entry need not be true.
      if (isImage(from)) return (data) => (isOfFormat(data, to) ? data : convert({ data }));
    } else if (from === 'json' || from === 'same' || from === 'holo') {
      // A headset's hands and eyes are JSON.
      return readJsonEntry;
    }
    throw invalidField(['query', 'output'], `Entries of the format ${from} cannot be converted to ${to}`);
  }
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
