import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serverSentEvent } from '@millrace/protocol';
import { EventStream } from './event-stream.js';

describe('EventStream', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const serve = async (
    work: (stream: EventStream, out: ServerResponse) => Promise<void>,
    timeout = 30_000,
  ): Promise<Response> => {
    server = createServer((request, response) => {
      const stream = new EventStream(request, response, { timeout });
      void work(stream, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  };

  it('sends its head with the first event, and ends its connection', async () => {
    const response = await serve(async (stream) => {
      expect(stream.begun).toBe(false);
      await stream.write(serverSentEvent({ id: '1', data: 'a' }));
      expect(stream.begun).toBe(true);
      stream.end();
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('id: 1\ndata: a\n\n');
  });

  it('says now and then that it is alive, between events only', async () => {
    const response = await serve(async (stream) => {
      await stream.write('data: a', false);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await stream.write('\n\n');
    }, 300);
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('still here')) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    expect(text).toMatch(/^data: a\n\n: still here\n\n/);
    await reader.cancel();
  });

  it('knows when its client has gone', async () => {
    let gone: Promise<void> | undefined;
    const response = await serve(async (stream) => {
      gone = new Promise((resolve) => stream.signal.addEventListener('abort', () => resolve()));
      await stream.write(serverSentEvent({ data: 'a' }));
    });
    await response.body?.cancel();
    await gone;
  });

  it('needs one listener, however many wait for a client that does not read', async () => {
    let written: Promise<unknown> | undefined;
    let listeners = Infinity;
    const response = await serve(async (stream, out) => {
      const large = serverSentEvent({ data: 'x'.repeat(1024 * 1024) });
      written = Promise.all(Array.from({ length: 20 }, () => stream.write(large)));
      listeners = out.listenerCount('drain');
      await written;
      stream.end();
    });
    expect(await response.text()).toHaveLength(20 * (1024 * 1024 + 'data: \n\n'.length));
    await written;
    expect(listeners).toBe(1);
  });
});
