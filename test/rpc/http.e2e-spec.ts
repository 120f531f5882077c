import { Controller, Get, Module, Post, Body } from '@nestjs/common';
import { RpcModule } from '@millrace/rpc';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { loadOf } from './support/load.js';
import { Playground, PlaygroundModule } from './support/playground.js';
import { postRpc } from './support/rpc-http.js';

@Controller()
class HostController {
  @Post('host')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('rpc/below')
  below(): string {
    return 'of the host';
  }
}

@Module({ controllers: [HostController] })
class HostModule {}

describe.each(HTTP_ADAPTERS)('HTTP POST on %s', (adapter) => {
  let running: RunningApplication;
  let url: string;
  beforeAll(async () => {
    running = await startApplication([RpcModule.forRoot({ maxTextLength: 2_000_000 }), PlaygroundModule, HostModule], {
      adapter,
      prepare: (app) => app.enableCors({ origin: 'https://page.example' }),
    });
    url = `${running.url}/rpc`;
  });
  afterAll(() => running.close());

  const request = { jsonrpc: '2.0', id: 1, method: 'sum', params: [1, 2] };

  it('rpc#S46: answers 200 and application/json, for results and for errors', async () => {
    const result = await postRpc(url, request);
    expect(result.status).toBe(200);
    expect(result.headers.get('content-type')).toMatch(/^application\/json/);
    expect(result.json).toEqual({ jsonrpc: '2.0', id: 1, result: 3 });
    const unknown = await postRpc(url, { ...request, method: 'foobar' });
    expect([unknown.status, unknown.json.error.code, unknown.json.id]).toEqual([200, -32601, 1]);
  });

  it('rpc#S46: answers malformed JSON with a JSON-RPC error', async () => {
    for (const body of ['{"jsonrpc', '', ' ', 'null!', Buffer.from([0x22, 0xff, 0x22])]) {
      const answer = await postRpc(url, body);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.json).toEqual({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } });
    }
  });

  it('rpc#S46: 204 and an empty body when there is nothing to answer', async () => {
    const answer = await postRpc(url, { jsonrpc: '2.0', method: 'nothing' });
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('rpc#S46: 405 for %s', async (method) => {
    const response = await fetch(url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('answers 415 for another media type, and takes those in use', async () => {
    expect((await postRpc(url, request, { 'content-type': 'text/plain' })).status).toBe(415);
    for (const type of ['application/json-rpc', 'application/jsonrequest', 'Application/JSON; charset=utf-8']) {
      expect((await postRpc(url, request, { 'content-type': type })).json.result).toBe(3);
    }
  });

  it('answers 413 for a body above the limit', async () => {
    const answer = await postRpc(url, { ...request, method: 'echo', params: ['x'.repeat(2_000_001)] });
    expect(answer.status).toBe(413);
    expect((await postRpc(url, { ...request, method: 'echo', params: ['x'.repeat(1_000_000)] })).status).toBe(200);
  });

  it('keeps the exact digits of an id, which the parsers of the host would alter', async () => {
    const answer = await postRpc(url, '{"jsonrpc":"2.0","method":"nothing","id":12345678901234567890}');
    expect(answer.text).toContain('"id":12345678901234567890');
  });

  it('has neither progress nor cancel', async () => {
    const slow = await postRpc(url, { jsonrpc: '2.0', id: 7, method: 'slow', params: { steps: 2 } });
    expect(slow.json).toEqual({ jsonrpc: '2.0', id: 7, result: 'done' });
    const cancel = await postRpc(url, { jsonrpc: '2.0', id: 8, method: 'cancel', params: { id: 7 } });
    expect(cancel.json.error.code).toBe(-32602);
  });

  it('rpc#S35: a client that goes aborts its call, and the server serves on', async () => {
    const { aborted } = running.app.get(Playground, { strict: false });
    const before = aborted.length;
    const leaving = new AbortController();
    const slow = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'slow', params: { steps: 100_000 } }),
      signal: leaving.signal,
    });
    await waitFor('the call', async () => (await loadOf(running.app)).calls === 1);
    leaving.abort();
    await expect(slow).rejects.toThrow();
    await waitFor('its end', () => aborted.length === before + 1);
    expect(aborted.at(-1)).toBe('RpcDisconnectedError');
    await waitFor('no session to be left', async () => (await loadOf(running.app)).clients === 0);
    expect((await postRpc(url, request)).json.result).toBe(3);
  });

  it('leaves the parsers, routes and CORS of the host as they are', async () => {
    expect((await postRpc(`${running.url}/host`, { a: 1 })).json).toEqual({ a: 1 });
    expect((await postRpc(`${running.url}/host`, '{"a"')).status).toBe(400);
    expect(await (await fetch(`${running.url}/rpc/below`)).text()).toBe('of the host');
    const answer = await postRpc(url, request, { 'content-type': 'application/json', origin: 'https://page.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://page.example');
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('rpc#S1: answers /healthz', async () => {
    const response = await fetch(`${running.url}/healthz`);
    expect([response.status, await response.text()]).toEqual([200, 'Ok']);
  });
});
