import { HTTP_ADAPTERS, type RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { expectAnswer, PUBLISHED_EXCHANGES } from './support/published-exchanges.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

describe.each(HTTP_ADAPTERS)('The published exchanges on %s', (adapter) => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startPlayground({}, { adapter });
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterAll(() => running.close());

  it.each(PUBLISHED_EXCHANGES)('rpc#S6: exchange $number over WebSocket', async (exchange) => {
    socket.send(exchange.request);
    if (exchange.response !== undefined) expectAnswer(await socket.next(), exchange);
    await socket.expectSilence();
  });

  it.each(PUBLISHED_EXCHANGES)('rpc#S6: exchange $number over HTTP', async (exchange) => {
    const answer = await postRpc(`${running.url}/rpc`, exchange.request);
    expect(answer.status).toBe(exchange.response === undefined ? 204 : 200);
    expectAnswer(answer.json, exchange);
  });
});
