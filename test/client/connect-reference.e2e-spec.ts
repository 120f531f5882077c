import { connect, type Millrace, type MillraceOptions, nodeSources } from '@millrace/client';
import { ApiKeyFile } from '@millrace/accounts';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';

describe('connect() to the reference application', () => {
  const directory = dataDirectory();
  let reference: RunningListeners;
  beforeAll(async () => {
    reference = await startListeners(directory.path, { MILLRACE_DEMO: 'on' });
  });
  afterAll(async () => {
    await reference?.stop();
    directory.remove();
  });

  const open = (endpoint: string, options: MillraceOptions): Promise<Millrace> =>
    connect(endpoint, { sources: nodeSources({ environment: {}, home: directory.path }), ...options });
  const keyed = (apiKey: string): Promise<Millrace> =>
    open(reference.secureUrl, { apiKey, tls: { caFile: reference.caFile } });

  it('by API key over TLS: information, streams, registry, sources and RPC', async () => {
    const { key } = await ApiKeyFile.in(directory.path).create({ name: 'all', scopes: ['*'] });
    await using millrace = await keyed(key);
    const { majorVersion, proxy } = await millrace.info();
    expect([majorVersion, proxy]).toEqual([5, { proxyEndpoints: expect.any(Array) }]);
    const stream = millrace.stream('keyed');
    await using push = stream.push({ batch: true });
    await push.sendAll(['one', 'two']);
    const pulled: string[] = [];
    for await (const { data } of stream.pull({ after: '0', follow: false })) pulled.push(Buffer.from(data).toString());
    expect(pulled).toEqual(['one', 'two']);
    await using kept = await millrace.registry.keepPublished('s', { uid: 'a', uri: 'tcp://a', dataType: 'T' });
    expect(await millrace.registry.list(kept.partition)).toMatchObject([{ uid: 'a' }]);
    expect(await millrace.sources.list()).toEqual(expect.any(Array));
    expect(await millrace.rpc.request('registry')).toContain('schema');
  });

  it('a key is held to its scopes', async () => {
    const { key } = await ApiKeyFile.in(directory.path).create({ name: 'reader', scopes: ['streams:read:camera*'] });
    await using millrace = await keyed(key);
    await expect(millrace.stream('camera').push().send('x')).rejects.toMatchObject({ code: 'FORBIDDEN', status: 403 });
    await expect(millrace.stream('secret').pull().next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await millrace.streams.info('camera')).exists).toEqual(expect.any(Boolean));
  });

  it('a wrong key, a revoked one, and one on a plain port are refused', async () => {
    const { key, record } = await ApiKeyFile.in(directory.path).create({ name: 'short', scopes: ['*'] });
    await expect(keyed(`${key}x`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(open(reference.plainUrl, { apiKey: key })).rejects.toMatchObject({ code: 'INSECURE_KEY' });
    const inClear = await open(reference.plainUrl, { apiKey: key, keyInClear: true, check: false });
    await expect(inClear.streams.list()).rejects.toMatchObject({ code: 'FORBIDDEN', status: 403 });
    await inClear.close();
    await using millrace = await keyed(key);
    expect(await millrace.streams.list()).toEqual(expect.any(Array));
    expect(await ApiKeyFile.in(directory.path).revoke(record.id)).toBe(true);
    // By another process: the server notices within moments.
    const refusal = await waitFor('the refusal', () =>
      millrace.streams.list().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  it('by name and password on the plain port, and by the token later', async () => {
    await using first = await open(reference.plainUrl, { login: { name: 'ann', password: 'ann' } });
    const token = first.token ?? '';
    await using second = await open(reference.plainUrl, { token });
    expect(await second.streams.list()).toEqual(await first.streams.list());
    expect(await second.info()).toEqual(await first.info());
  });
});
