import { constants } from 'node:http2';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { FLAG, frame, RawHttp2, requestHead, TYPE } from './support/http2-frames.js';
import { Http2Client } from './support/http2-client.js';

const PORTS = ['plain', 'tls'] as const;
/** Frames, or pairs of them, that the attacker sends. */
const FLOOD = 20_000;
/** Requests of the other client meanwhile. */
const REQUESTS = 50;

const GET = requestHead('GET', '/ping');
const JSON_CALL = Buffer.concat([
  requestHead('POST', '/rpc'),
  Buffer.from([0x0f, 0x10, 16]),
  Buffer.from('application/json'),
]);
const reset = (code: number) => Buffer.from([0, 0, 0, code]);
const started = (index: number, head = requestHead('POST', '/data/x')): Buffer =>
  frame(TYPE.headers, FLAG.endHeaders, 2 * index + 1, head);
/** A request, then a fault of its client, over which the server gives it up. */
const faulty = (index: number): Buffer =>
  Buffer.concat([started(index), frame(TYPE.window, 0, 2 * index + 1, Buffer.from([0x7f, 0xff, 0xff, 0xff]))]);
const abandoned = (index: number, code: number): Buffer =>
  Buffer.concat([
    frame(TYPE.headers, FLAG.endHeaders | FLAG.endStream, 2 * index + 1, GET),
    frame(TYPE.reset, 0, 2 * index + 1, reset(code)),
  ]);
/** After the first frame of a request, which does not end. */
const after = (first: Buffer, next: Buffer) => (index: number) => (index === 0 ? first : next);
const open = frame(TYPE.headers, 0, 1, GET);

const ENDED: readonly [string, (index: number) => Buffer][] = [
  ['requests that are given up', (index) => abandoned(index, constants.NGHTTP2_CANCEL)],
  ['requests that are given up without an error', (index) => abandoned(index, constants.NGHTTP2_NO_ERROR)],
  ['requests that the server must give up', faulty],
  ['more requests than may be under way', (index) => started(index)],
  ['empty parts of headers', after(open, frame(TYPE.continuation, 0, 1))],
  ['parts of headers', after(open, frame(TYPE.continuation, 0, 1, Buffer.from([0, 1, 0x78, 1, 0x79])))],
  ['empty parts of a body', after(started(0, JSON_CALL), frame(TYPE.data, 0, 1))],
];
/** They cost no memory, and no more work than any bytes do; with pings and settings, the connection ends where answers pile up. */
const ENDURED: readonly [string, (index: number) => Buffer][] = [
  ['pings', () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))],
  ['settings', () => frame(TYPE.settings, 0, 0)],
  ['empty parts of a body that nobody reads', after(started(0), frame(TYPE.data, 0, 1))],
  ['windows', () => frame(TYPE.window, 0, 0, Buffer.from([0, 0, 0, 1]))],
  ['frames of an unknown type', () => frame(0x55, 0, 0)],
];

describe.each(PORTS)('A flood by HTTP/2 on the port %s', (port) => {
  const directory = dataDirectory();
  let running: RunningListeners;
  let url: string;
  let ca: string | undefined;
  beforeAll(async () => {
    running = await startListeners(directory.path, { MILLRACE_PUBLIC: 'streams,rpc' });
    [url, ca] = port === 'tls' ? [running.secureUrl, running.ca] : [running.plainUrl, undefined];
  });
  afterAll(async () => {
    expect(await running.stop()).toBe(0);
    directory.remove();
  });
  const serve = async (client: Http2Client): Promise<string[]> => {
    const answers: string[] = [];
    for (let n = 0; n < REQUESTS; n += 1) {
      const { status, body } = await client.request('/ping');
      answers.push(`${status} ${body.toString()}`);
    }
    return answers;
  };
  const expected = new Array<string>(REQUESTS).fill('200 true');

  it.each(ENDED)('of %s ends its own connection, and the others are answered', async (_what, make) => {
    const [client, attacker] = await Promise.all([Http2Client.open(url, ca), RawHttp2.open(url, ca)]);
    const [answers] = await Promise.all([serve(client), attacker.flood(FLOOD, make)]);
    expect(answers).toEqual(expected);
    await waitFor('the end of the attacker', () => attacker.closed);
    expect(await serve(client)).toEqual(expected);
    await client.close();
  });

  it.each(ENDURED)('of %s does not keep the others from their answers', async (_what, make) => {
    const [client, attacker] = await Promise.all([Http2Client.open(url, ca), RawHttp2.open(url, ca)]);
    const [answers] = await Promise.all([serve(client), attacker.flood(FLOOD, make)]);
    expect(answers).toEqual(expected);
    attacker.destroy();
    await client.close();
  });
});
