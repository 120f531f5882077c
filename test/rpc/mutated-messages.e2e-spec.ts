import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningApplication } from '../support/applications.js';
import { scaled } from '../support/soak.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { startPlayground } from './support/applications.js';
import { Mutator } from './support/mutator.js';
import { Playground } from './support/playground.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

const SEED = 20_260_501;
const ROUNDS_OVER_WEBSOCKET = 23;
const WEBSOCKET_ROUND = scaled(4000);
const ROUNDS_OVER_HTTP = 80;
const HTTP_ROUND = scaled(100);
const MEBIBYTE = 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapAfterCollection(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** What was let go of is given back by a thread of V8, some time after the collection. */
async function expectFlat(before: number): Promise<void> {
  const isFlat = (): boolean => heapAfterCollection() - before < 10 * MEBIBYTE;
  await waitFor('the heap to be no more than 10 MiB larger', isFlat, { pause: 500 });
}

/** What every answer of the server is, whatever it was asked. */
function expectWellFormed(text: string): void {
  const answer = JSON.parse(text) as unknown;
  for (const reply of Array.isArray(answer) ? answer : [answer]) {
    const { jsonrpc, result, error, ...rest } = reply as Record<string, unknown>;
    if (jsonrpc !== '2.0' || !('id' in rest) || Object.keys(rest).length !== 1) throw new Error(`Malformed: ${text}`);
    if ((result === undefined) === (error === undefined)) throw new Error(`Neither or both: ${text}`);
  }
}

describe(`${ROUNDS_OVER_WEBSOCKET * WEBSOCKET_ROUND + ROUNDS_OVER_HTTP * HTTP_ROUND} mutated messages`, () => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlayground();
  });
  afterAll(() => running.close());

  it('over WebSocket: each answer is well-formed, the process lives, memory stays flat', async () => {
    const mutator = new Mutator(SEED);
    const client = await SocketClient.open(`${running.wsUrl}/rpc`);
    let heap = 0;
    for (let round = 0; round < ROUNDS_OVER_WEBSOCKET; round += 1) {
      for (let count = 0; count < WEBSOCKET_ROUND - 1; count += 1) {
        client.send(mutator.below(5) ? mutator.text() : mutator.frame());
      }
      client.send(`{"jsonrpc":"2.0","id":"round ${round}","method":"nothing"}`);
      const end = `{"jsonrpc":"2.0","id":"round ${round}","result":null}`;
      await waitFor('the end of a round', () => client.frames.at(-1)?.data.toString() === end, { pause: 2 });
      for (const { data, isBinary } of client.frames.splice(0)) {
        expectWellFormed((isBinary ? data.subarray(4, 4 + data.readUInt32LE(0)) : data).toString());
      }
      running.app.get(Playground).notes.length = 0;
      if (round === 2) heap = heapAfterCollection();
    }
    await expectFlat(heap);
    await client.close();
  }, 300_000);

  it('over HTTP: each answer is JSON with 200, or empty with 204', async () => {
    const mutator = new Mutator(SEED + 1);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const post = (body: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const options = { method: 'POST', agent, headers: { 'content-type': 'application/json' } };
        const call = request(`${running.url}/rpc`, options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            try {
              expect([200, 204]).toContain(response.statusCode);
              if (response.statusCode === 200) expectWellFormed(text);
              else expect(text).toBe('');
              resolve();
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        });
        call.on('error', reject);
        call.end(body);
      });
    let heap = 0;
    for (let round = 0; round < ROUNDS_OVER_HTTP; round += 1) {
      await Promise.all(Array.from({ length: HTTP_ROUND }, () => post(mutator.text())));
      running.app.get(Playground).notes.length = 0;
      if (round === 20) heap = heapAfterCollection();
    }
    await expectFlat(heap);
    agent.destroy();
  }, 300_000);

  it('afterwards everything works as before', async () => {
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    expect(await socket.call('subtract', [42, 23], 1)).toEqual({ jsonrpc: '2.0', id: 1, result: 19 });
    const answer = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id: 1, method: 'sum', params: [1, 2] });
    expect(answer.json.result).toBe(3);
    await socket.close();
  });
});
