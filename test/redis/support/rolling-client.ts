import { connect, type Millrace } from '@millrace/client';
import { ConnectorSet } from '@millrace/connector';
import { setTimeout as pause } from 'node:timers/promises';
import { wsDialer } from '../../../libs/client/src/transport/node/ws-dialer.js';
import { waitFor } from '../../support/waiting.js';

/** Between two pieces of work of one kind, in milliseconds: what two processors can do beside other tests. */
const PACE = 250;

/** Where all that the clients publish is found. */
export const PARTITION = 'rolling';

/**
 * A user of the service who does everything at the same time, and through the same address all along: pushes, pulls, calls,
 * keeps a connection published and watches it, serves a source, publishes to it, queries it and sends its notifications, changes
 * documents of sources.
 */
export class RollingClient {
  /** Everything that its user would have heard of. */
  readonly failures: string[] = [];
  /** Sockets that were opened, by what they are for. */
  readonly dialled = new Map<string, number>();
  readonly pushed: string[] = [];
  readonly pulled: string[] = [];
  readonly notified: number[] = [];
  readonly published: number[] = [];
  /** What its source was published to. */
  readonly received: number[] = [];
  queries = 0;
  calls = 0;
  slowCalls = 0;
  documents = 0;
  private readonly work: Promise<void>[] = [];
  private readonly reading = new AbortController();
  private working = true;

  private constructor(
    readonly name: string,
    private readonly millrace: Millrace,
    private readonly connector: ConnectorSet,
  ) {}

  static async start(name: string, url: string, token: string): Promise<RollingClient> {
    const dialled = new Map<string, number>();
    const millrace = await connect(url, {
      dial: (request) => {
        const { pathname } = new URL(request.url);
        dialled.set(pathname, (dialled.get(pathname) ?? 0) + 1);
        return wsDialer(request);
      },
    });
    await millrace.sources.configure(name, {});
    const connector = await ConnectorSet.create({ targetServer: url, authToken: token, sources: [name] });
    const client = new RollingClient(name, millrace, connector);
    for (const [path, count] of dialled) client.dialled.set(path, count);
    client.track(dialled);
    await client.begin();
    return client;
  }

  /** How often its connector has got its source. */
  get claims(): number {
    return this.connector.statuses()[0]?.connects ?? 0;
  }

  /** Ends its work well, once all that it has begun has ended. */
  async stop(): Promise<void> {
    this.working = false;
    await Promise.all(this.work.slice(0, -2));
    await waitFor('all entries', () => this.failures.length > 0 || this.pulled.length >= this.pushed.length);
    await this.connector.drain();
    await this.abandon();
  }

  /** Ends it as it is. */
  async abandon(): Promise<void> {
    this.working = false;
    this.reading.abort();
    await Promise.all([this.connector.close(), this.millrace.close()]);
    await Promise.all(this.work);
  }

  private track(dialled: Map<string, number>): void {
    (this as { dialled: ReadonlyMap<string, number> }).dialled = dialled;
  }

  private async begin(): Promise<void> {
    const { millrace, name } = this;
    const pusher = millrace.stream(name).push();
    const kept = await millrace.registry.keepPublished(
      PARTITION,
      { uid: name, uri: 'tcp://a:1', dataType: 'T' },
      { onError: (error) => this.failed('publication', error) },
    );
    const source = this.connector.connection(name);
    if (!source) throw new Error('There is no source');
    source.configureHandlers({
      publish: (_context, object) => void this.received.push((object as { count: number }).count),
      query: (responder, parameters) => responder.complete([parameters]),
    });
    this.connector.start();
    await waitFor('the source', () => source.isConnected);
    this.repeat('push', async (count) => {
      await pusher.send(Buffer.from(String(count)));
      this.pushed.push(String(count));
    });
    this.repeat('call', async (count) => {
      const answer = await millrace.rpc.request('echo', [count]);
      if (JSON.stringify(answer) !== JSON.stringify([count])) throw new Error(`Answered ${JSON.stringify(answer)}`);
      this.calls += 1;
    });
    this.repeat('slow call', async () => {
      await millrace.rpc.request('slow');
      this.slowCalls += 1;
    });
    this.repeat(
      'document',
      async (count) => {
        await millrace.sources.configure(`${name}-document`, { count });
        this.documents += 1;
      },
      4 * PACE,
    );
    this.repeat('notification', async (count) => {
      await source.notify({ count });
      this.notified.push(count);
    });
    this.repeat('publish', async (count) => {
      await millrace.sources.publish(name, { count });
      this.published.push(count);
    });
    this.repeat('query', async (count) => {
      const rows = await millrace.sources.queryAll(name, { count });
      if (JSON.stringify(rows) !== JSON.stringify([{ count }])) throw new Error(`Answered ${JSON.stringify(rows)}`);
      this.queries += 1;
    });
    this.run('lookup', async () => {
      while (this.working) {
        await pause(2 * PACE);
        const found = await millrace.registry.lookup(PARTITION, { pattern: name, dataType: 'T' });
        if (found.length !== 1) throw new Error(`Found ${found.length}`);
      }
      await kept.close();
    });
    const { signal } = this.reading;
    this.run('pull', async () => {
      for await (const { data } of millrace.stream(name).pull({ after: '0', signal }))
        this.pulled.push(Buffer.from(data).toString());
    });
    this.run('watch', async () => {
      let expired = 0;
      for await (const { type } of millrace.registry.watch(PARTITION, { pattern: name, signal }))
        if (type === 'expired' || type === 'gap') expired += 1;
      if (expired > 0) throw new Error(`${expired} times it was gone`);
    });
  }

  private repeat(what: string, once: (count: number) => Promise<void>, pace = PACE): void {
    this.run(what, async () => {
      for (let count = 0; this.working; count += 1) {
        await once(count);
        await pause(pace);
      }
    });
  }

  private run(what: string, work: () => Promise<void>): void {
    this.work.push(work().catch((error: unknown) => this.failed(what, error)));
  }

  private failed(what: string, error: unknown): void {
    if (!this.reading.signal.aborted) this.failures.push(`${this.name}: ${what}: ${String(error)}`);
  }
}
