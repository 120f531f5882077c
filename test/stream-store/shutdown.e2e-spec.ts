import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { closeInTime, HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

/** How long an idle connection is kept: longer than any test waits, so that none of them ends by it. */
const KEPT = 600_000;

/** A request whose answer is read as it comes. */
function request(url: string, headers: Record<string, string> = {}) {
  const state = { text: '', status: 0, complete: false };
  const answer = (response: IncomingMessage): void => {
    state.status = response.statusCode ?? 0;
    response.on('data', (chunk: Buffer) => (state.text += chunk.toString('latin1')));
    response.on('end', () => (state.complete = response.complete));
    response.on('error', () => undefined);
  };
  get(url, { headers }, answer).on('error', () => undefined);
  return state;
}

describe.each(HTTP_ADAPTERS)('A shutdown with answers under way on %s', (adapter) => {
  async function start(): Promise<RunningApplication & { store: StreamStore }> {
    const running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    running.app.getHttpServer().keepAliveTimeout = KEPT;
    return { ...running, store: running.app.get(StreamStore) };
  }

  it.each([
    ['server-sent events', '/data/film', { accept: 'text/event-stream' }],
    ['MJPEG', '/mjpeg/film', {}],
  ])('brings %s to their end', async (_kind, path, headers) => {
    const running = await start();
    const answer = request(`${running.url}${path}`, headers);
    await waitFor('the beginning', () => answer.text.length > 0);
    await closeInTime(running);
    await waitFor('the end of the answer', () => answer.complete);
  });

  it('answers a request that waits for news with none', async () => {
    const running = await start();
    const { store } = running;
    const opened = jest.spyOn(store, 'openFollower');
    const answer = request(`${running.url}/data/film?last_entry_id=$&block=60000`);
    await waitFor('the wait', () => opened.mock.results.length > 0);
    await closeInTime(running);
    await waitFor('the end of the answer', () => answer.complete);
    expect(answer).toMatchObject({ status: 200, text: '' });
  });

  it('does not wait for one who reads nothing', async () => {
    const running = await start();
    const entry = Buffer.from(JSON.stringify('x'.repeat(4 * 1024 * 1024)));
    await running.store.append('film', [entry, entry, entry]);
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'GET /data/film?last_entry_id=0 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nConnection: keep-alive\r\n\r\n',
    );
    await new Promise((resolve) => socket.once('readable', resolve));
    await closeInTime(running);
    socket.destroy();
  });
});
