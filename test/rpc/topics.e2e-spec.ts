import { RpcTopics } from '@millrace/rpc';
import { waitFor } from '../support/waiting.js';
import { startPlayground } from './support/applications.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

it('rpc#S40: notifications go to clients that asked for them, for as long as they want them', async () => {
  const running = await startPlayground({ topics: true });
  const topics = running.app.get(RpcTopics, { strict: false });
  const [asking, other] = [await RpcSocket.open(`${running.wsUrl}/rpc`), await RpcSocket.open(`${running.wsUrl}/rpc`)];
  expect(await asking.call('rpc.on', { topic: 'news' })).toMatchObject({ result: null });
  expect(topics.publish('news', { a: 1 })).toBe(1);
  expect(topics.publish('nothing', { a: 1 })).toBe(0);
  expect(await asking.next()).toEqual({ jsonrpc: '2.0', method: 'news', params: { a: 1 } });
  await asking.call('rpc.off', { topic: 'news' });
  expect(topics.publish('news')).toBe(0);
  await asking.call('rpc.on', { topic: 'news' });
  await asking.close();
  await other.expectSilence();
  await waitFor('the one that went to be forgotten', () => topics.publish('news') === 0);
  const post = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id: 1, method: 'rpc.on', params: ['news'] });
  expect(post.json.error.code).toBe(-32600);
  await running.close();
});

it('has no topics unless told to', async () => {
  const running = await startPlayground();
  const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  expect(await socket.call('rpc.on', { topic: 'news' })).toMatchObject({ error: { code: -32601 } });
  await running.close();
});
