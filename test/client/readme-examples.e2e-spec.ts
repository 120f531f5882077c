import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from '@millrace/client';
import { binaryFrame } from '../support/binary-frame.js';
import { readmeExample } from '../support/readme-example.js';
import { runExample } from './support/run-example.js';
import { startPeer, type Peer, type PeerMessage } from './peers.js';

const running = new Map<unknown, PeerMessage>();
let slowCalls = 0;
function answer(one: PeerMessage): void {
  const { ws, message, payload, send, reply, fail } = one;
  if (Array.isArray(message)) {
    const asked = message.filter(({ id }: { id?: number }) => id !== undefined);
    send(asked.map(({ id, method }: { id: number; method: string }) => ({ jsonrpc: '2.0', id, result: method })));
    return;
  }
  const { id, method, params } = message;
  switch (method) {
    case 'subtract':
      return reply(params[0] - params[1]);
    case 'get-version':
      return reply({ major: 1, minor: 0, patch: 0, revision: 'abc' });
    case 'registry':
      return reply(['registry']);
    case 'app-error':
      return fail(1234, 'No such bowl', { bowl: 7 });
    case 'echo-binary':
      return ws.send(binaryFrame({ jsonrpc: '2.0', id, result: params }, payload));
    case 'slow': {
      running.set(id, one);
      for (const amount of [0.25, 0.75]) send({ jsonrpc: '2.0', method, params: { id, operation: 'Working', amount } });
      // The first one is cancelled by its example, the second comes to its end.
      slowCalls += 1;
      return slowCalls > 1 ? reply('done') : undefined;
    }
    case 'cancel':
      reply(null);
      return running.get(params.id)?.fail(20, 'Task cancelled');
  }
}

let peer: Peer;
let directory: string;
let picture: string;
beforeAll(async () => {
  peer = await startPeer(answer);
  directory = await files.mkdtemp(join(tmpdir(), 'millrace-readme-'));
  picture = join(directory, 'picture.png');
  await files.writeFile(picture, Buffer.alloc(1000, 1));
});
afterAll(async () => {
  await peer.close();
  await files.rm(directory, { recursive: true });
});
const example = (heading: string, index?: number): Promise<unknown[][]> =>
  runExample(readmeExample('client', heading, index), peer.uri, picture);

it('the example "connect and call" runs', async () => {
  expect(await example('Connect and call')).toEqual([[19], [1]]);
});

it('the example of errors runs', async () => {
  expect(await example('Errors')).toEqual([[1234, 'No such bowl', { bowl: 7 }]]);
});

it('the examples of progress, cancel and timeouts run', async () => {
  expect(await example('Progress and cancel')).toEqual([
    ['Working', '25 %'],
    ['Working', '75 %'],
    [expect.objectContaining({ code: 20 })],
  ]);
  expect(await example('Progress and cancel', 1)).toEqual([['Working', 0.25], ['Working', 0.75], ['done']]);
});

it('the example of binary payloads runs', async () => {
  expect(await example('Binary payloads')).toEqual([[{ name: picture }, 1000]]);
});

it('the example of batches and notifications runs', async () => {
  expect(await example('Batches')).toEqual([['sum']]);
});

it('the example of a client that connects when needed runs', async () => {
  expect(await example('A client that connects')).toEqual([[['registry']]]);
});

it('the example of TLS settings runs', async () => {
  expect((await example('TLS'))[0]).toEqual([expect.any(client.Connector), expect.any(client.Connector)]);
});
