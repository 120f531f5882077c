import { MillraceError } from '@millrace/core';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';
import { RawConnector } from './support/raw-connector.js';

describe('Claims at the hub', () => {
  let running: RunningHub;
  beforeEach(async () => {
    running = await startHub({ reclaimWait: '60s' });
  });
  afterEach(() => running.close());

  it('connector#51: refuses an unknown source, and takes longer each time it is asked again', async () => {
    await running.close();
    // Refusals are forgotten after four times the longest delay, also while the machine stands still.
    running = await startHub({ maxRefusalDelay: '10s' });
    const connector = await running.open('nobody');
    await connector.validate();
    const waits: number[] = [];
    for (let each = 0; each < 3; each += 1) {
      const start = performance.now();
      expect(await connector.claim()).toMatchObject({ status: 404, body: [{ code: 'millrace.hub.unknownSource' }] });
      waits.push(performance.now() - start);
    }
    // 20, 40 and 80 ms are due; a busy machine only adds to that.
    expect(waits[0]).toBeGreaterThan(15);
    expect(waits[1]).toBeGreaterThan(35);
    expect(waits[2]).toBeGreaterThan(75);
    expect(await connector.claim('a')).toMatchObject({ op: 'configureExtension' });
    await connector.close();
  });

  it('connector#51: refuses a source that the token does not cover', async () => {
    running.authenticator.tokens.set('narrow', ['sources:connect:b']);
    const connector = await running.open('a', { token: 'narrow' });
    await connector.validate();
    expect(await connector.claim()).toMatchObject({ status: 403, body: [{ code: 'millrace.hub.forbidden' }] });
    expect(await connector.claim('b')).toMatchObject({ op: 'configureExtension', resourceId: 'b' });
    await connector.close();
  });

  it('connector#52: gives the configuration with op, resourceName, resourceId and object.config', async () => {
    const [first, second] = [await running.open('a'), await running.open('b')];
    await Promise.all([first.validate(), second.validate()]);
    expect(await first.claim()).toEqual({
      op: 'configureExtension',
      resourceName: 'sources',
      resourceId: 'a',
      object: { config: { room: 'lab' } },
      messageHeaders: {},
      contentType: 'application/json',
    });
    expect((await second.claim()).object).toEqual({ config: {} });
    await Promise.all([first.close(), second.close()]);
  });

  it('connector#53: sends no publish and no query before the configuration, in a storm of both', async () => {
    let storming = true;
    const storm = (async () => {
      while (storming) {
        await Promise.allSettled([running.hub.publish('a', { n: 1 }), running.hub.query('a', {}, { timeout: 50 })]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let round = 0; round < 10; round += 1) {
      const connector = await running.open('a');
      await connector.validate();
      connector.sendClaim();
      await waitFor('a publish after the configuration', () => connector.messages.some(({ op }) => op === 'publish'));
      expect(connector.messages.map(({ op }) => op).indexOf('configureExtension')).toBe(1);
      await connector.close();
      await waitFor('the end of the session', () => running.hub.sessions().length === 0);
    }
    storming = false;
    await storm;
  });

  it('connector#69: refuses a second connector with another secret or none, and leaves the first untouched', async () => {
    const first = await running.connect('a', { secret: 'mine' });
    for (const secret of ['another', undefined]) {
      const second = await running.open('a', secret === undefined ? {} : { secret });
      await second.validate();
      expect(await second.claim()).toMatchObject({ status: 409, body: [{ code: 'millrace.hub.alreadyServed' }] });
      await second.close();
    }
    await running.hub.publish('a', { still: 'here' });
    expect(await first.next()).toMatchObject({ op: 'publish', object: { still: 'here' } });
    await first.close();
  });

  it('connector#69: a connector without a secret cannot be taken over by another without one', async () => {
    const [first, second] = [await running.connect('a'), await running.open('a')];
    await second.validate();
    expect(await second.claim()).toMatchObject({ status: 409, body: [{ code: 'millrace.hub.alreadyServed' }] });
    await running.hub.publish('a', { still: 'here' });
    expect(await first.next()).toMatchObject({ op: 'publish', object: { still: 'here' } });
    await Promise.all([first.close(), second.close()]);
  });

  it('connector#70: takes a half-open session over with the same secret; its later end changes nothing', async () => {
    const first = await running.connect('a', { secret: 'mine' });
    // It reads no more: neither closes nor answers nor pongs, as behind a broken network.
    first.client.ws.pause();
    const asked = running.hub.query('a', { open: true }).catch((error: unknown) => error);
    const second = await running.connect('a', { secret: 'mine' });
    expect(await asked).toMatchObject({ messageCode: 'millrace.hub.connectionLost' });
    await running.hub.publish('a', { to: 'the second' });
    expect(await second.next()).toMatchObject({ op: 'publish', object: { to: 'the second' } });
    first.client.ws.terminate();
    await first.closed;
    await waitFor('the end of the first', () => running.hub.sessions().length === 1);
    await running.hub.publish('a', { again: true });
    expect(await second.next()).toMatchObject({ op: 'publish', object: { again: true } });
    expect(await running.hub.sources()).toMatchObject([{ name: 'a', state: 'connected' }, { name: 'b' }]);
    await second.close();
  });

  it('connector#71: answers a claim again on the same socket; later publishes arrive once', async () => {
    const connector = await running.connect('a', { secret: 'mine' });
    expect(await connector.claim()).toMatchObject({ op: 'configureExtension', object: { config: { room: 'lab' } } });
    await running.hub.publish('a', { n: 1 });
    await running.hub.publish('a', { n: 2 });
    expect([(await connector.next()).object, (await connector.next()).object]).toEqual([{ n: 1 }, { n: 2 }]);
    await connector.close();
    // A claim for a second source on one socket is refused.
    const other = await running.connect('a');
    expect(await other.claim('b')).toMatchObject({ status: 409, body: [{ code: 'millrace.hub.oneSource' }] });
  });

  it('connector#72: tells of a changed configuration only the source concerned, and delivers the new one', async () => {
    const [a, b] = [await running.connect('a', { secret: 'a' }), await running.connect('b', { secret: 'b' })];
    await running.hub.setConfiguration('a', { room: 'hall' });
    expect(await a.next()).toEqual({ op: 'reconnectRequired', resourceName: 'sources', resourceId: 'a' });
    // What comes meanwhile waits for the new claim.
    const published = running.hub.publish('a', { late: true });
    expect(await a.claim()).toMatchObject({ op: 'configureExtension', object: { config: { room: 'hall' } } });
    await published;
    expect(await a.next()).toMatchObject({ op: 'publish', object: { late: true } });
    await running.hub.publish('b', { first: true });
    expect(await b.next()).toMatchObject({ op: 'publish', object: { first: true } });
    await Promise.all([a.close(), b.close()]);
  });

  it('connector#72: a deleted source is told to come back, and refused', async () => {
    const connector = await running.connect('b', { secret: 'b' });
    expect(await running.hub.deleteSource('b')).toBe(true);
    expect(await connector.next()).toMatchObject({ op: 'reconnectRequired', resourceId: 'b' });
    expect(await connector.claim()).toMatchObject({ status: 404 });
    expect((await connector.closed).code).toBe(1012);
  });

  it('connector#78: a revoked token ends its sessions, and only those', async () => {
    running.authenticator.tokens.set('other', ['sources:connect']);
    const [revoked, kept] = [await running.connect('a'), await running.connect('b', { token: 'other' })];
    running.authenticator.tokens.delete('token');
    await running.hub.revalidateSessions();
    expect(await revoked.closed).toEqual({ code: 1013, reason: 'The token does not hold any more' });
    // A verifier that is out of order says nothing of a token.
    running.authenticator.fault = new Error('away');
    await running.hub.revalidateSessions();
    expect(running.hub.sessions()).toMatchObject([{ source: 'b', subject: 'owner of other' }]);
    await kept.close();
  });

  it('connector#78: a password that was changed ends the sessions that authenticated with it', async () => {
    const connector = await running.open('a');
    connector.send({
      op: 'authenticate',
      resourceName: 'system.credentials',
      object: { username: 'ada', password: 'lovelace' },
    });
    expect(await connector.next()).toMatchObject({ status: 200 });
    expect(await connector.claim()).toMatchObject({ op: 'configureExtension' });
    await running.hub.revalidateSessions();
    expect(running.hub.sessions()).toMatchObject([{ source: 'a', subject: 'ada' }]);
    running.authenticator.password = 'byron';
    await running.hub.revalidateSessions();
    expect(await connector.closed).toEqual({ code: 1013, reason: 'The password does not hold any more' });
  });

  it('connector#78: a live session cannot go on with a good token that may not serve its source', async () => {
    running.authenticator.tokens.set('elsewhere', ['sources:connect:b']);
    const connector = await running.connect('a');
    expect(await connector.validate('elsewhere')).toMatchObject({
      status: 403,
      body: [{ code: 'millrace.hub.authenticationFailed', message: expect.stringContaining('source') as string }],
    });
    expect((await connector.closed).code).toBe(1008);
    // A good one that may is taken in its place.
    running.authenticator.tokens.set('later', ['sources:connect:a']);
    const renewed = await running.connect('a');
    expect(await renewed.validate('later')).toMatchObject({ status: 200 });
    running.authenticator.tokens.delete('token');
    await running.hub.revalidateSessions();
    expect(running.hub.sessions()).toMatchObject([{ source: 'a', subject: 'owner of later' }]);
    await renewed.close();
  });

  it('connector#78: the answer about a token that was replaced meanwhile changes nothing', async () => {
    running.authenticator.tokens.set('fresh', ['sources:connect']);
    const connector = await running.connect('a');
    let answer: (() => void) | undefined;
    jest.spyOn(running.authenticator, 'authenticate').mockImplementationOnce(
      () =>
        new Promise((_, reject) => {
          answer = () => reject(new MillraceError('UNAUTHENTICATED', 'Revoked'));
        }),
    );
    const checked = running.hub.revalidateSessions();
    expect(await connector.validate('fresh')).toMatchObject({ status: 200 });
    answer?.();
    await checked;
    expect(running.hub.sessions()).toMatchObject([{ source: 'a', subject: 'owner of fresh' }]);
    await connector.close();
  });

  it('connector#78: a token that lost its scope ends its session by itself', async () => {
    await running.close();
    running = await startHub({ revalidateInterval: '100ms' });
    const connector = await running.connect('a');
    running.authenticator.tokens.set('token', ['sources:connect:b']);
    expect((await connector.closed).code).toBe(1013);
  });

  it('connector#79: eviction closes with 1013, shutdown with 1012', async () => {
    const [evicted, shut] = [await running.connect('a'), await running.connect('b')];
    expect(running.hub.evict({ source: 'a' })).toBe(1);
    expect((await evicted.closed).code).toBe(1013);
    const closing = running.close();
    expect((await shut.closed).code).toBe(1012);
    await closing;
    running = await startHub();
  });

  it('connector#80: a storm of refused claims is answered slowly, in bounded number, while a good session goes on', async () => {
    await running.close();
    // Long enough for ten to wait at a time, however few claims a machine gets through.
    running = await startHub({ maxRefusalDelay: '500ms' });
    const good = await running.connect('a');
    let asked = 0;
    let answered = 0;
    let dropped = 0;
    let storming = true;
    const attack = async (): Promise<void> => {
      while (storming) {
        // As an existing connector does: connect, authenticate, claim, and at once again.
        const connector = await RawConnector.open(running.wsUrl, 'nobody');
        connector.send({ op: 'validate', resourceName: 'system.credentials', object: 'token' });
        connector.sendClaim();
        asked += 1;
        const { ws } = connector.client;
        await waitFor('a refusal or the end', () => connector.messages.length > 1 || ws.readyState === ws.CLOSED);
        if (connector.messages.length > 1) answered += 1;
        else dropped += 1;
        await connector.close();
      }
    };
    const storm = Array.from({ length: 40 }, attack);
    const late: { took: number; meanwhile: number }[] = [];
    for (let round = 0; round < 20; round += 1) {
      const [start, before] = [performance.now(), asked];
      const result = running.hub.query('a', { round });
      const { address } = await good.nextQuery();
      good.respond(address, 200, [{ round }]);
      expect(await good.next()).toEqual({ status: 200 });
      expect(await result).toEqual([{ round }]);
      const [took, meanwhile] = [performance.now() - start, asked - before];
      // On a machine that is slow for all of them, the turns that the storm had tell whether it held the session up.
      if (took > 5000 && meanwhile > 5 * storm.length) late.push({ took, meanwhile });
    }
    await waitFor('some thirty attempts', () => asked > 30 && dropped > 0);
    storming = false;
    await Promise.all(storm);
    // At most ten wait for their refusal at a time; what is above is dropped with 1013 at once.
    expect(answered).toBeGreaterThan(0);
    expect(running.hub.counters.refusedClaims).toBe(asked);
    expect(late).toEqual([]);
    await waitFor('the end of the storm', () => running.hub.sessions().length === 1);
    await good.close();
  });
});
