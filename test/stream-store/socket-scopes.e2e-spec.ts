import { type CanActivate, type ExecutionContext, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { setPrincipal, type UpgradeRequest } from '@millrace/core';
import { memoryStore, StreamStatistics, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

/** Grants the scopes that the query asks for. */
@Injectable()
class Grant implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    setPrincipal(request, { subject: 'ada', method: 'test', scopes: request.query.get('scopes')?.split(',') ?? [] });
    return true;
  }
}

@Module({ providers: [{ provide: APP_GUARD, useClass: Grant }] })
class GrantModule {}

describe.each(HTTP_ADAPTERS)('Scopes and notices of the sockets on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication(
      [GrantModule, StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 10 } })],
      { adapter },
    );
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());
  const open = (path: string): Promise<SocketClient> => SocketClient.open(`${running.wsUrl}${path}`);

  it.each([
    ['/data/a/push', 'streams:read'],
    ['/data/a+b/push?batch=true', 'streams:write:a'],
    ['/data/a/pull', 'streams:write'],
    ['/data/a+b/pull', 'streams:read:b'],
  ])('refuses %s to a principal with %s with 403', async (path, scopes) => {
    const mark = path.includes('?') ? '&' : '?';
    expect((await refusedHandshake(`${running.wsUrl}${path}${mark}scopes=${scopes}`)).status).toBe(403);
  });

  it('a push to * checks each header: 3003, and nothing of the batch is stored', async () => {
    const client = await open('/data/*/push?ack=true&scopes=streams:write:open*');
    client.send('[["open1",0]]');
    client.send(Buffer.from('x'));
    expect(await client.nextText()).toMatch(/-/);
    client.send('[["open2",0],["closed",1]]');
    client.send(Buffer.from('xy'));
    expect((await client.closed).code).toBe(3003);
    expect(await store.list()).not.toContain('open2');
  });

  it('a gap is told to those who ask, and always counted', async () => {
    const ids = await store.append('gap', [Buffer.from('first')]);
    for (let index = 0; index < 50; index += 1) await store.append('gap', [Buffer.from([index])]);
    const statistics = running.app.get(StreamStatistics, { strict: false });
    const before = statistics.gaps;
    const told = await open(`/data/gap/pull?last_entry_id=${ids[0]}&gaps=true&scopes=streams:read:gap`);
    const { gap } = JSON.parse(await told.nextText());
    const [[, first]] = JSON.parse(await told.nextText());
    expect(gap).toEqual({ stream: 'gap', after: ids[0], first });
    const silent = await open(`/data/gap/pull?last_entry_id=${ids[0]}&scopes=streams:admin`);
    expect(JSON.parse(await silent.nextText())).toEqual([['gap', first, 0]]);
    const latest = await open(`/data/gap/pull?last_entry_id=${ids[0]}&latest=true&gaps=true&scopes=streams:read:gap`);
    expect(JSON.parse(await latest.nextText())).toEqual({ gap });
    await waitFor('all gaps to be counted', () => statistics.gaps === before + 3);
    await Promise.all([told.close(), silent.close(), latest.close()]);
  });

  it('counts entries, bytes and sockets', async () => {
    const statistics = running.app.get(StreamStatistics, { strict: false });
    // Those of the tests before count until the server has heard of their end.
    await waitFor('no sockets', () => statistics.pushers === 0 && statistics.pullers === 0);
    const { entriesIn, bytesIn, entriesOut, bytesOut } = statistics;
    const puller = await open('/data/count/pull?last_entry_id=0&scopes=streams:read');
    const pusher = await open('/data/count/push?batch=true&ack=true&scopes=streams:write');
    pusher.send('[0,2,4]');
    pusher.send(Buffer.from('aabbc'));
    await pusher.nextText();
    while (puller.frames.length < 6) await puller.next();
    expect(statistics).toMatchObject({
      entriesIn: entriesIn + 3,
      bytesIn: bytesIn + 5,
      entriesOut: entriesOut + 3,
      bytesOut: bytesOut + 5,
      pushers: 1,
    });
    await running.app.get(StreamStore, { strict: false }).append('count', [Buffer.from('by the host')]);
    expect(statistics).toMatchObject({ entriesIn: entriesIn + 4, bytesIn: bytesIn + 16 });
    await Promise.all([puller.close(), pusher.close()]);
    await waitFor('the sockets to be gone', () => statistics.pushers === 0 && statistics.pullers === 0);
  });
});
