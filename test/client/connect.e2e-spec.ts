import { AuthModule, developmentUsers } from '@millrace/auth';
import { connect, nodeSources, UnauthenticatedError } from '@millrace/client';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { INFO, InfoModule } from './support/info-server.js';

/** No environment, and a home without files. */
const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const login = { name: 'ann', password: 'ann' };

describe.each(HTTP_ADAPTERS)('connect() on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication(
      [
        AuthModule.forRoot({
          jwt: { secret: 'a secret of at least thirty-two bytes' },
          users: developmentUsers(),
        }),
        StreamStoreModule.forRoot({ store: memoryStore() }),
        ConnectivityModule.forRoot({}),
        ConnectorHubModule.forRoot({ sources: { thermostat: {} } }),
        RpcModule.forRoot({ paths: ['/rpc'] }),
        InfoModule,
      ],
      { adapter },
    );
  });
  afterAll(() => running.close());

  it('one client reaches it all: information, streams, registry, sources and RPC', async () => {
    await using millrace = await connect(running.url, { sources, login });
    expect(await millrace.info()).toEqual(INFO);
    {
      await using push = millrace.stream('camera').push();
      await push.send('frame');
    }
    expect(await millrace.streams.list()).toEqual(['camera']);
    for await (const { data } of millrace.stream('camera').pull({ after: '0' })) {
      expect(Buffer.from(data).toString()).toBe('frame');
      break;
    }
    await millrace.registry.publish('session', { uid: 'a', uri: 'tcp://host:1', dataType: 'Frame' });
    expect(await millrace.registry.lookup('session', { dataType: 'Frame' })).toEqual([
      { uid: 'a', uri: 'tcp://host:1', dataType: 'Frame', connectionType: 0, capacity: 0 },
    ]);
    expect(await millrace.sources.list()).toMatchObject([{ name: 'thermostat', state: 'disconnected' }]);
    expect(await millrace.rpc.request('registry')).toContain('schema');
  });

  it('wrong credentials are refused', async () => {
    const wrong = connect(running.url, { sources, login: { name: 'ann', password: 'x' } });
    await expect(wrong).rejects.toBeInstanceOf(UnauthenticatedError);
    await using open = await connect(running.url, { sources });
    await expect(open.streams.list()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    await expect(open.stream('x').push().send('y')).rejects.toBeInstanceOf(UnauthenticatedError);
    await expect(open.rpc.request('registry')).rejects.toBeInstanceOf(UnauthenticatedError);
    expect(await open.login(login)).toBe(open.token);
    expect(await open.streams.list()).toEqual(expect.any(Array));
  });
});
