import { Body, Controller, HttpCode, Module, Post, Req } from '@nestjs/common';
import { MillraceCoreModule, RawBody, bodyHeadersOf, readBody } from '@millrace/core';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';

@Controller()
class Bodies {
  constructor(rawBody: RawBody) {
    rawBody.claim((method, path) => method === 'POST' && path === '/raw');
  }

  @Post('raw')
  @HttpCode(200)
  async raw(@Req() request: object): Promise<object> {
    const body = await readBody(request, 100);
    return { type: bodyHeadersOf(request)['content-type'] ?? null, text: body.toString() };
  }

  @Post('parsed')
  @HttpCode(200)
  parsed(@Body() body: unknown): object {
    return { body };
  }
}

@Module({ imports: [MillraceCoreModule], controllers: [Bodies] })
class BodiesModule {}

describe.each(BOTH_HTTP_ADAPTERS)('Raw bodies on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([BodiesModule], { adapter });
  });
  afterAll(() => running.close());

  const post = (path: string, body: string | undefined, type?: string): Promise<Response> =>
    fetch(`${running.url}${path}`, { method: 'POST', body, headers: type ? { 'Content-Type': type } : {} });

  it.each([
    ['application/json', '{broken'],
    ['application/x-www-form-urlencoded', 'a=b'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/x-unknown', 'anything'],
    ['not a type at all', 'x'],
  ])('hands on a claimed body of the type %s unread', async (type, text) => {
    const response = await post('/raw', text, type);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ type, text });
  });

  it('reads an absent body as empty', async () => {
    expect(await (await post('/raw?x=1', undefined)).json()).toEqual({ type: null, text: '' });
  });

  it('refuses a body over the limit with 413, said or streamed', async () => {
    expect((await post('/raw', 'x'.repeat(101))).status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 11; index += 1) controller.enqueue(Buffer.alloc(10));
        controller.close();
      },
    });
    const streamed = await fetch(`${running.url}/raw`, { method: 'POST', body: chunks, duplex: 'half' });
    expect(streamed.status).toBe(413);
  });

  it('leaves the parsers of other routes alone', async () => {
    expect(await (await post('/parsed', '{"a":1}', 'application/json')).json()).toEqual({ body: { a: 1 } });
    expect((await post('/parsed', '{broken', 'application/json')).status).toBe(400);
  });
});
