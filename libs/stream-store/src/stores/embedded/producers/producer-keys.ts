import type { Database } from 'lmdb';
import type { ProducerRecord } from '../records.js';

type ProducerRecords = Database<ProducerRecord, string>;

/** Comes next to the separator: ends the keys that begin alike. */
const BEHIND = '0';
const PLACE_DIGITS = 12;

const ofStream = (number: number): string => number.toString(16).padStart(8, '0');
const ofProducer = (number: number, id: string): string => `${ofStream(number)}/${encodeURIComponent(id)}`;

/** Key of a record: they lie in the order of streams, producers and places. */
export function producerKey(number: number, id: string, place: number): string {
  return `${ofProducer(number, id)}/${String(place).padStart(PLACE_DIGITS, '0')}`;
}

/** The greatest place of a producer; undefined where it has none. */
export function lastPlace(records: ProducerRecords, number: number, id: string): number | undefined {
  const producer = ofProducer(number, id);
  const [key] = records.getKeys({ start: producer + BEHIND, end: `${producer}/`, reverse: true, limit: 1 });
  return key === undefined ? undefined : Number(key.slice(producer.length + 1));
}

/** The producers of a stream. */
export function producersOf(records: ProducerRecords, number: number): string[] {
  const stream = ofStream(number);
  const found: string[] = [];
  for (let start = `${stream}/`; ;) {
    const [key] = records.getKeys({ start, end: stream + BEHIND, limit: 1 });
    if (key === undefined) return found;
    const id = key.slice(stream.length + 1, key.lastIndexOf('/'));
    found.push(decodeURIComponent(id));
    start = `${stream}/${id}${BEHIND}`;
  }
}

/** Some keys of a stream. */
export function producerKeys(records: ProducerRecords, number: number, limit: number): string[] {
  const stream = ofStream(number);
  return [...records.getKeys({ start: `${stream}/`, end: stream + BEHIND, limit })];
}

/** Numbers of the streams that have producers. */
export function numbersOf(records: ProducerRecords): number[] {
  const numbers: number[] = [];
  for (let start = ''; ;) {
    const [key] = records.getKeys({ start, limit: 1 });
    if (key === undefined) return numbers;
    const stream = key.slice(0, 8);
    numbers.push(parseInt(stream, 16));
    start = stream + BEHIND;
  }
}

/** The greatest of them; 0 where there is none. */
export function lastNumberOf(records: ProducerRecords): number {
  const [key] = records.getKeys({ reverse: true, limit: 1 });
  return key === undefined ? 0 : parseInt(key.slice(0, 8), 16);
}
