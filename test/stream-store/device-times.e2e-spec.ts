import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';

const frame = (time: number, text: string): Buffer => {
  const header = Buffer.alloc(10);
  header[0] = 1;
  header.writeBigUInt64LE(BigInt(time), 2);
  return Buffer.concat([header, Buffer.from(text)]);
};

describe.each(HTTP_ADAPTERS)('A push with parse_meta on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());
  const open = (path: string): Promise<SocketClient> => SocketClient.open(`${running.wsUrl}${path}`);
  const idsOf = async (stream: string): Promise<string[]> =>
    (await store.readAfter(stream, '0-0', { count: 1000 })).entries.map(({ id }) => id);

  it('takes the IDs from the device headers, many frames at a time, and acks them in order', async () => {
    const client = await open('/data/many/push?parse_meta=true&ack=true');
    const times = Array.from({ length: 200 }, (_, index) => 1000 + 3 * index);
    for (const time of times) client.send(frame(time, 'x'));
    const acks: string[] = [];
    while (acks.length < times.length) acks.push(await client.nextText());
    expect(acks).toEqual(times.map((time) => `${time}-0`));
    expect(await idsOf('many')).toEqual(acks);
    await client.close();
  });

  it('stream-store#46: stores and acks what came before a time that is not above the last one, and nothing behind it', async () => {
    const client = await open('/data/back/push?parse_meta=true&ack=true');
    for (const time of [10, 20, 30, 25, 40]) client.send(frame(time, 'x'));
    expect((await client.closed).code).toBe(1008);
    expect(client.frames.map(({ data }) => data.toString())).toEqual(['10-0', '20-0', '30-0']);
    expect(await idsOf('back')).toEqual(['10-0', '20-0', '30-0']);
  });

  it('stream-store#45 #46: loses nothing good when a refused time and a bad frame come together', async () => {
    const client = await open('/data/both/push?parse_meta=true&ack=true');
    for (const data of [frame(10, 'x'), frame(20, 'x'), frame(15, 'x'), 'text', frame(30, 'x')]) client.send(data);
    expect((await client.closed).code).toBe(1008);
    expect(await idsOf('both')).toEqual(['10-0', '20-0']);
  });

  it('stream-store#45: stores what came before an entry without a device header', async () => {
    const client = await open('/data/none/push?parse_meta=true&ack=true');
    for (const data of [frame(10, 'x'), Buffer.from('short'), frame(20, 'x')]) client.send(data);
    expect((await client.closed).code).toBe(1008);
    expect(await idsOf('none')).toEqual(['10-0']);
    expect(client.frames).toHaveLength(1);
  });

  it('takes them from the entries of a batch, too', async () => {
    const client = await open('/data/batch/push?parse_meta=true&ack=true&batch=true');
    client.send('[0,11]');
    client.send(Buffer.concat([frame(5, 'a'), frame(6, 'b')]));
    expect(await client.nextText()).toBe('5-0,6-0');
    await client.close();
  });
});
