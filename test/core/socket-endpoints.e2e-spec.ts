import { type CanActivate, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import {
  MillraceSocketsModule,
  MillraceError,
  type SocketConnection,
  SocketEndpoint,
  type SocketHandler,
  type UpgradeRequest,
} from '@millrace/core';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    if (!request.query.has('key'))
      throw new MillraceError('UNAUTHENTICATED', 'Not authenticated', { headers: { 'WWW-Authenticate': 'Bearer' } });
    return request.query.get('key') === 'good';
  }
}

@SocketEndpoint({ path: '/data/:stream_id/push', maxPayload: 1000 })
@UseGuards(KeyGuard)
@Injectable()
class Echo implements SocketHandler<string> {
  /** What was handed on of the texts that came. */
  readonly texts: string[] = [];

  handshake(request: UpgradeRequest): string {
    return request.params['stream_id'] ?? '';
  }

  handleConnection(connection: SocketConnection<string>): void {
    connection.onMessage((data, isBinary) => {
      if (!isBinary) this.texts.push(data.toString());
      if (!isBinary && data.toString() === 'fail') throw new Error('secret details');
      if (!isBinary && data.toString() === 'name') connection.ws.send(connection.state);
      else connection.ws.send(data, { binary: isBinary });
      if (!isBinary && data.toString() === 'hang up') connection.hangUp();
    });
  }
}

@Module({ imports: [MillraceSocketsModule], providers: [Echo] })
class EchoModule {}

describe.each(BOTH_HTTP_ADAPTERS)('Socket endpoints on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([EchoModule], { adapter });
  });
  afterAll(() => running.close());

  it('matches path parameters and decodes them, + staying a plus sign', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/data/a%20b+c%2Bd/push/?key=good`);
    client.send('name');
    expect(await client.nextText()).toBe('a b+c+d');
    await client.close();
  });

  it('refuses with a real status before the upgrade', async () => {
    const missing = await refusedHandshake(`${running.wsUrl}/data/a/push`);
    expect(missing.status).toBe(401);
    expect(missing.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(missing.body)).toEqual({ detail: 'Not authenticated' });
    expect((await refusedHandshake(`${running.wsUrl}/data/a/push?key=bad`)).status).toBe(403);
    expect((await refusedHandshake(`${running.wsUrl}/nothing/here`)).status).toBe(404);
    expect((await refusedHandshake(`${running.wsUrl}/data/%E0%A4%A/push?key=good`)).status).toBe(400);
  });

  it('hands nothing on of what comes after its own close', async () => {
    const { texts } = running.app.get(Echo);
    const client = await SocketClient.open(`${running.wsUrl}/data/a/push?key=good`);
    texts.length = 0;
    for (const text of ['first', 'fail', 'late']) client.send(text);
    expect((await client.closed).code).toBe(1011);
    expect(texts).toEqual(['first', 'fail']);
  });

  it('closes with 1011 on an unforeseen error, tells no details, and serves the others on', async () => {
    const other = await SocketClient.open(`${running.wsUrl}/data/b/push?key=good`);
    const client = await SocketClient.open(`${running.wsUrl}/data/a/push?key=good`);
    client.send('fail');
    expect(await client.closed).toEqual({ code: 1011, reason: 'Internal server error' });
    other.send(Buffer.from([1, 2]));
    expect((await other.next()).data).toEqual(Buffer.from([1, 2]));
    await other.close();
  });

  it('hangs up without a close frame, after what was sent before and before anything later', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/data/a/push?key=good`);
    for (const text of ['one', 'hang up', 'two']) client.send(text);
    expect(await client.closed).toEqual({ code: 1006, reason: '' });
    expect(client.frames.map(({ data }) => data.toString())).toEqual(['one', 'hang up']);
  });

  it('closes with 1009 above the message limit', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/data/a/push?key=good`);
    client.send(Buffer.alloc(1001));
    expect((await client.closed).code).toBe(1009);
  });
});

it('closes every socket with 1012 at shutdown', async () => {
  const running = await startApplication([EchoModule]);
  const client = await SocketClient.open(`${running.wsUrl}/data/a/push?key=good`);
  await running.close();
  expect((await client.closed).code).toBe(1012);
});

it('names the line to add when the adapter was forgotten', async () => {
  await expect(startApplication([EchoModule], { sockets: false })).rejects.toThrow(
    'app.useWebSocketAdapter(new MillraceWsAdapter(app))',
  );
});
