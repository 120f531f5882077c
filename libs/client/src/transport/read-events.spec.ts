import fc from 'fast-check';
import { readEvents, type ServerEvent } from './read-events.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The events of a body that comes in parts, cut at the given places. */
async function eventsOf(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  const body = bytes(text);
  const places = [0, ...[...cuts].sort((a, b) => a - b), body.length];
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let index = 1; index < places.length; index += 1) yield body.subarray(places[index - 1], places[index]);
  }
  const events: ServerEvent[] = [];
  for await (const event of readEvents(parts())) events.push(event);
  return events;
}

describe('readEvents', () => {
  it('reads name, id and data; comments and unknown fields are nothing', async () => {
    const text = ': still here\n\nevent: row\nid: 7\nretry: 5\ndata: {"a":1}\n\ndata:x\ndata: y\n\n';
    expect(await eventsOf(text)).toEqual([
      { event: 'row', id: '7', data: '{"a":1}' },
      { event: 'message', id: '7', data: 'x\ny' },
    ]);
  });

  it('drops an event that was not finished', async () => {
    expect(await eventsOf('data: whole\n\ndata: half\n')).toEqual([{ event: 'message', id: undefined, data: 'whole' }]);
    expect(await eventsOf('data: whole\n\ndata: ha')).toHaveLength(1);
    expect(await eventsOf('')).toEqual([]);
  });

  it('an event without data is none', async () => {
    expect(await eventsOf('event: end\n\n')).toEqual([]);
    expect(await eventsOf('event: end\ndata\n\n')).toEqual([{ event: 'end', id: undefined, data: '' }]);
  });

  it('reads the same wherever the body is cut, whatever ends its lines', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\r\n]/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(200), { maxLength: 8 }),
        async (events, end, places) => {
          const text = events.map((data) => data.map((one) => `data: ${one}${end}`).join('') + end).join('');
          const { length } = bytes(text);
          const read = await eventsOf(
            text,
            places.map((place) => Math.min(place, length)),
          );
          // A line break alone at the end may be the first half of two.
          expect(read.map(({ data }) => data)).toEqual(events.map((data) => data.join('\n')));
        },
      ),
    );
  });

  it('a line without end is refused before it fills the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const part = new Uint8Array(8 * 1024 * 1024).fill(97);
      for (;;) yield part;
    }
    await expect(readEvents(endless()).next()).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
  });
});
