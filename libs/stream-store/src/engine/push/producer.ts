import { MillraceError } from '@millrace/core/errors';
import type { AppendOptions, ProducerPosition } from '../../api/stream-store.js';
import { assertProducer } from '../../stores/producers/position.js';

/** Where a request says who produces its entries, and which number the first one has. */
export interface ProducerFields {
  readonly id: string;
  readonly epoch: string;
  readonly sequence: string;
}

const WHOLE = /^\d{1,16}$/;

/**
 * Reads the position of a producer, of which all is given or nothing.
 *
 * @param read the text of a field; undefined where it is absent
 * @param names how the fields are called
 * @throws MillraceError `BAD_REQUEST`
 */
export function readProducer(
  read: (name: string) => string | undefined,
  names: ProducerFields,
): ProducerPosition | undefined {
  const id = read(names.id);
  if (id === undefined) return undefined;
  const number = (name: string): number => {
    const text = read(name) ?? '';
    if (!WHOLE.test(text)) throw refused(`${names.id} needs ${name} with a whole number`);
    return Number(text);
  };
  const producer = { id, epoch: number(names.epoch), sequence: number(names.sequence) };
  assertProducer(producer, 0);
  return producer;
}

/** @throws MillraceError `BAD_REQUEST` where a producer cannot be: for several streams, and beside own IDs */
export function assertProducible(streams: readonly string[] | undefined, parseMeta: boolean): void {
  if (streams?.length !== 1) throw refused('A producer pushes to one stream, which the path names');
  if (parseMeta) throw refused('parse_meta gives entries IDs of their own, which those of a producer cannot have');
}

/** What the appends of one push are made with. It counts their entries. */
export class PushedBy {
  private next: ProducerPosition | undefined;

  constructor(
    private readonly owner: string | undefined,
    first: ProducerPosition | undefined,
  ) {
    this.next = first;
  }

  /** Options of the next append, of so many entries. */
  append(entries: number): AppendOptions {
    const { owner, next: producer } = this;
    if (!producer) return { owner };
    // What comes behind must not be stored where this one fails.
    this.next = { ...producer, sequence: producer.sequence + entries, continues: true };
    return { owner, producer };
  }
}

function refused(message: string): MillraceError {
  return new MillraceError('BAD_REQUEST', message);
}
