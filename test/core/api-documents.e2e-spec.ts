import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ApiDocuments, OPEN, operation } from '@millrace/core/documents';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, startApplication } from '../support/applications.js';

const INFO = { title: 'A', version: '1' };
const AUTH = { jwt: { secret: 'a secret of at least thirty-two bytes' }, throttle: false } as const;

interface Document {
  readonly info: { readonly title: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly methods: readonly { readonly name: string }[];
}

describe.each(HTTP_ADAPTERS)('The documents of an application on %s', (adapter) => {
  it('describe what its modules serve, at its place, and nothing that options leave out', async () => {
    const imports = [
      AuthModule.forRoot({ ...AUTH, keyRoutes: false }),
      StreamStoreModule.forRoot({ store: memoryStore() }),
      ConnectivityModule.forRoot({ prefix: 'registry', ignoreGlobalPrefix: true }),
      RpcModule.forRoot(),
    ];
    const running = await startApplication(imports, {
      adapter,
      prepare: (host) => void host.setGlobalPrefix('api'),
    });
    const documents = running.app.get(ApiDocuments, { strict: false });
    const weather = operation({ tag: 'weather', summary: 'Weather', security: OPEN, responses: {} });
    documents.addOpenApi(() => ({ tags: [{ name: 'weather' }], paths: { '/weather': { get: weather } } }));
    const { paths, tags } = documents.openApi(INFO) as Document;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/api/token',
        '/api/streams/{id}',
        '/registry/getconnection/{partition}',
        '/api/weather',
      ]),
    );
    expect(Object.keys(paths).filter((path) => /keys|sources/.test(path))).toEqual([]);
    expect(Object.keys(paths)).not.toContain('/registry/');
    expect(Object.keys(paths['/api/streams/{id}'] ?? {})).toEqual(expect.arrayContaining(['get', 'put', 'delete']));
    expect(tags.map(({ name }) => name).at(-1)).toBe('weather');
    const sockets = documents.asyncApi(INFO, { host: 'here:1', protocol: 'wss' }) as Document;
    expect(Object.values(sockets.channels).map(({ address }) => address)).toEqual(
      expect.arrayContaining(['/api/rpc', '/api/data/{stream_id}/push']),
    );
    expect((documents.openRpc() as Document).methods.map(({ name }) => name)).toContain('get-version');
    await running.close();
  });

  it('are those of one application, and without RPC there is no document of methods', async () => {
    const start = (rest: boolean) =>
      startApplication([StreamStoreModule.forRoot({ store: memoryStore(), rest })], { adapter });
    const [withRoutes, without] = await Promise.all([start(true), start(false)]);
    const pathsOf = ({ app }: typeof without): string[] =>
      Object.keys((app.get(ApiDocuments, { strict: false }).openApi(INFO) as Document).paths);
    expect(pathsOf(withRoutes)).toContain('/streams');
    expect(pathsOf(without)).toEqual([]);
    expect(without.app.get(ApiDocuments, { strict: false }).openRpc()).toBeUndefined();
    await Promise.all([withRoutes.close(), without.close()]);
  });
});
