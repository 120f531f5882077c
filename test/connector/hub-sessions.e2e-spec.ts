import { once } from 'node:events';
import { WebSocket } from 'ws';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';
import type { RawConnector } from './support/raw-connector.js';

/** The shape of every refusal, which existing connectors read (connector§3.3). */
const refusal = (status: number): object => ({
  status,
  body: [{ code: expect.any(String) as string, message: expect.any(String) as string }],
});

describe('Sessions at the hub', () => {
  let running: RunningHub;
  beforeAll(async () => {
    running = await startHub();
  });
  afterAll(() => running.close());

  it.each(['/api/v1/wsock/websocket', '/api/v47/wsock/websocket', '/api/v2/wsock/websocket?a=b&c'])(
    'connector#47: accepts %s',
    async (path) => {
      const client = await SocketClient.open(`${running.wsUrl}${path}`);
      await client.close();
    },
  );

  it.each(['/api/v/wsock/websocket', '/api/1/wsock/websocket', '/api/v1x/wsock/websocket', '/wsock/websocket', '/'])(
    'connector#47: answers 404 at %s',
    async (path) => {
      expect((await refusedHandshake(`${running.wsUrl}${path}`)).status).toBe(404);
    },
  );

  it('connector#48: answers 200 to a good token, without secrets', async () => {
    const connector = await running.open('a');
    expect(await connector.validate()).toEqual({ status: 200, contentType: 'application/json' });
    await connector.close();
  });

  it.each(['wrong', '', 5, null, { token: 'token' }, ['token']])(
    'connector#48: refuses the token %j in a form that connectors read, leaves the socket open for another, then closes',
    async (token) => {
      const connector = await running.open('a');
      expect(await connector.validate(token)).toMatchObject(refusal(401));
      expect(await connector.validate('token')).toMatchObject({ status: 200 });
      expect(await connector.claim()).toMatchObject({ op: 'configureExtension' });
      await connector.close();
    },
  );

  it('connector#48: closes a socket that stays after its refusal, or goes on guessing', async () => {
    const [stays, guesses] = await Promise.all([running.open('a'), running.open('a')]);
    const refused = performance.now();
    expect(await stays.validate('wrong')).toMatchObject(refusal(401));
    for (let each = 0; each < 3; each += 1) expect(await guesses.validate('wrong')).toMatchObject(refusal(401));
    // The reason tells it from a deadline, which would end both in any case.
    expect(await guesses.closed).toEqual({ code: 1008, reason: 'Not authenticated' });
    // Which was refused before it, and only stays: that it may for three seconds, which a busy machine may have taken.
    const isOpen = stays.client.ws.readyState === WebSocket.OPEN;
    expect(isOpen || performance.now() - refused > 2900).toBe(true);
    expect(await stays.closed).toEqual({ code: 1008, reason: 'Not authenticated' });
  });

  it('connector#48: closes with 1013 when the verifier is out of order, for a refusal would end existing connectors', async () => {
    running.authenticator.fault = new Error('the directory is away');
    const connector = await running.open('a');
    connector.send({ op: 'validate', resourceName: 'system.credentials', object: 'token' });
    expect((await connector.closed).code).toBe(1013);
    expect(connector.messages).toEqual([]);
    running.authenticator.fault = undefined;
  });

  it('connector#49: authenticates by user and password, and refuses in the same form', async () => {
    const connector = await running.open('a');
    const authenticate = (object: unknown) => {
      connector.send({ op: 'authenticate', resourceName: 'system.credentials', object });
      return connector.next();
    };
    expect(await authenticate({ username: 'ada', password: 'wrong' })).toMatchObject(refusal(401));
    expect(await authenticate('ada')).toMatchObject(refusal(401));
    expect(await authenticate({ username: 'ada', password: 'lovelace' })).toMatchObject({ status: 200 });
    expect(await connector.claim()).toMatchObject({ op: 'configureExtension' });
    await connector.close();
  });

  it('connector#50: takes nothing but authentication before it, answers an error each time, and goes on', async () => {
    const connector = await running.open('a');
    for (const message of [
      { op: 'connectExtension', resourceName: 'sources', resourceId: 'a', parameters: {} },
      { op: 'notification', resourceName: 'sources', resourceId: 'a', object: {} },
      { status: 200, headers: { 'X-Reply-Address': 'x' }, body: [] },
      { op: 'publish', resourceName: 'sources', resourceId: 'a', object: {} },
      { op: 'nope' },
    ]) {
      connector.send(message);
      expect(await connector.next()).toMatchObject(refusal(401));
    }
    expect(await connector.validate()).toMatchObject({ status: 200 });
    connector.notify({ early: true });
    expect(await connector.next()).toMatchObject(refusal(409));
    await connector.close();
  });

  it('connector#53: sends nothing before the first message of the client', async () => {
    const connector = await running.open('a');
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ messageCode: 'millrace.hub.noConnector' });
    // A ping and its pong prove that anything sent before would have come.
    connector.client.ws.ping();
    await once(connector.client.ws, 'pong');
    expect(connector.messages).toEqual([]);
    await connector.close();
  });

  it('connector#68: answers in binary frames to a client of binary frames, and in text to one of text', async () => {
    const [binary, text] = [await running.connect('a', { frames: 'binary' }), await running.connect('b')];
    for (const connector of [binary, text]) {
      await running.hub.publish(connector.source, { to: connector.source });
      expect(await connector.next()).toMatchObject({ op: 'publish', object: { to: connector.source } });
      connector.notify({ from: connector.source });
      expect(await connector.next()).toEqual({ status: 200 });
      connector.notify('no object');
      expect(await connector.next()).toMatchObject(refusal(400));
    }
    expect(binary.client.frames.every(({ isBinary }) => isBinary)).toBe(true);
    expect(text.client.frames.some(({ isBinary }) => isBinary)).toBe(false);
    await Promise.all([binary.close(), text.close()]);
  });

  it('connector#68: the first message decides, whatever frames come later', async () => {
    for (const first of ['text', 'binary']) {
      const connector = await running.open('a');
      const validate = JSON.stringify({ op: 'validate', resourceName: 'system.credentials', object: 'token' });
      connector.client.send(first === 'text' ? validate : Buffer.from(validate));
      await connector.next();
      connector.client.send(first === 'text' ? Buffer.from('{"op":"nope"}') : '{"op":"nope"}');
      await connector.next();
      expect(connector.client.frames.map(({ isBinary }) => isBinary)).toEqual(Array(2).fill(first === 'binary'));
      await connector.close();
    }
  });

  it('connector#73: answers pings', async () => {
    const connector = await running.connect('a');
    connector.client.ws.ping('are you there');
    const [data] = (await once(connector.client.ws, 'pong')) as [Buffer];
    expect(data.toString()).toBe('are you there');
    await connector.close();
  });
});

describe('Deadlines of the hub', () => {
  let running: RunningHub;
  afterEach(() => running.close());

  /** A connector that has claimed `a`. One that is dropped before, where the machine stands still, comes again. */
  const claimed = async (): Promise<RawConnector> => {
    for (;;) {
      const connector = await running.open('a');
      const { client } = connector;
      connector.send({ op: 'validate', resourceName: 'system.credentials', object: 'token' });
      connector.sendClaim();
      const hasEnded = (): boolean => client.ws.readyState === WebSocket.CLOSED;
      await waitFor('both answers, or the end', () => client.frames.length === 2 || hasEnded());
      if (client.frames.length < 2) continue;
      expect(await connector.next()).toMatchObject({ status: 200 });
      expect(await connector.next()).toMatchObject({ op: 'configureExtension' });
      return connector;
    }
  };

  it('connector#77: closes sockets that do not authenticate, or do not claim, in time', async () => {
    running = await startHub({ authenticationTimeout: '1s' });
    const silent = await running.open('a');
    expect(await silent.closed).toEqual({ code: 1008, reason: 'No authentication in time' });
    await running.close();
    running = await startHub({ claimTimeout: '1s' });
    const lazy = await running.open('a');
    expect(await lazy.validate()).toMatchObject({ status: 200 });
    expect(await lazy.closed).toEqual({ code: 1008, reason: 'No claim in time' });
    await running.close();
    running = await startHub({ authenticationTimeout: '1s', claimTimeout: '1.5s' });
    const good = await claimed();
    // Longer than both.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(running.hub.sessions().map(({ source }) => source)).toEqual(['a']);
    await good.close();
  });

  it('connector#77: drops a connector that was told to claim anew and does not', async () => {
    running = await startHub({ claimTimeout: '1s', reclaimWait: '100ms' });
    const connector = await claimed();
    await running.hub.requireReconnect('a');
    expect(await connector.next()).toMatchObject({ op: 'reconnectRequired', resourceId: 'a' });
    expect((await connector.closed).code).toBe(1012);
    await expect(running.hub.publish('a', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('connector#73: drops a peer that answers no pings', async () => {
    running = await startHub({}, { sockets: { pingInterval: '500ms', pingTimeout: '1s' } });
    let client: SocketClient;
    // One that is dropped before it has claimed, where the machine stands still, comes again.
    do {
      const dead = new WebSocket(`${running.wsUrl}/api/v1/wsock/websocket`, { autoPong: false });
      client = new SocketClient(dead);
      await once(dead, 'open');
      client.send(JSON.stringify({ op: 'validate', resourceName: 'system.credentials', object: 'token' }));
      client.send(JSON.stringify({ op: 'connectExtension', resourceName: 'sources', resourceId: 'b' }));
      expect((await client.closed).code).toBe(1006);
    } while (client.frames.length < 2);
    await waitFor('the end of the dead peer', () => running.hub.sessions().length === 0);
  });
});
