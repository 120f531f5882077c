import { randomUUID } from 'node:crypto';
import { describeError } from '@millrace/core/errors';
import { pause, thrownIs } from '@millrace/protocol';
import type { HubSettings } from '../../connector-hub.options.js';
import { HubQueryError } from '../../errors/query.errors.js';
import { QUERY_ADDRESS_HEADER } from '../../protocol/constants.js';
import type { PublishRequest, SourceDirectory, SourceRequest } from '../directory/source-directory.js';
import { hubError } from '../queries/hub-errors.js';
import { OpenQuery, type RowSink } from '../queries/open-query.js';
import { operationText } from '../session/hub-frames.js';
import type { HubSource } from './hub-source.js';
import type { SourceRegistry } from './source-registry.js';

/** Pause before it is looked again for a session that is about to serve its source, in milliseconds. */
const AGAIN_MS = 10;

/** What is sent to connectors, whichever instance has their session. */
export class SourceCalls {
  constructor(
    private readonly settings: HubSettings,
    private readonly sources: SourceRegistry,
    private readonly directory: SourceDirectory,
  ) {}

  /** @throws HubQueryError when there is no such source, no connector serves it, it reads too slowly, or the message is too large */
  async publish(name: string, object: unknown): Promise<void> {
    const request: PublishRequest = { kind: 'publish', text: () => operationText('publish', name, object) };
    await this.reach(name, request, (source) => {
      source.serving?.publish(name, request.text());
      source.count('publishes');
    });
  }

  /** @throws HubQueryError as {@link publish}, and when too many queries are open */
  async query(
    name: string,
    parameters: unknown,
    { sink, timeout, signal }: { sink: RowSink; timeout: number; signal: AbortSignal | undefined },
  ): Promise<OpenQuery> {
    const address = randomUUID();
    let query: OpenQuery | undefined;
    const request = {
      kind: 'query',
      address,
      timeout,
      text: (): string => {
        if (signal?.aborted) throw hubError('aborted', name);
        return operationText('query', name, parameters, { [QUERY_ADDRESS_HEADER]: address });
      },
      open: (onEnd: () => void) => (query = new OpenQuery(name, timeout, this.settings, sink, onEnd)),
    } as const;
    const giveUp = (): void => query?.fail(hubError('aborted', name));
    // Another instance may take a while to say that it has the query.
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      await this.reach(name, request, (source) => {
        source.serving?.query(name, { ...request, text: request.text() });
        source.count('queries');
      });
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    // It was opened by one of the two ways.
    return query as unknown as OpenQuery;
  }

  /** @throws HubQueryError when there is no such source, or no connector serves it */
  requireReconnect(name: string): Promise<void> {
    return this.reach(name, { kind: 'reconnect' }, (source) => source.serving?.requireReconnect());
  }

  /** Remembers an error as the last one of its source. @returns the error */
  noted(name: string, error: unknown): unknown {
    if (!(thrownIs(error, HubQueryError) && error.messageCode === 'millrace.hub.aborted')) {
      this.directory.note(name, { error: describeError(error).reason });
    }
    return error;
  }

  /** @param here does it by the session of this instance that serves the source */
  private async reach(name: string, request: SourceRequest, here: (source: HubSource) => void): Promise<void> {
    const end = performance.now() + this.settings.reclaimWait;
    for (;;) {
      const source = this.sources.find(name);
      if (source?.serving) {
        try {
          here(source);
          return;
        } catch (error) {
          throw this.noted(name, error);
        }
      }
      const asked = await this.directory.ask(name, request);
      if (asked === 'done') return;
      if (asked === 'unknown') throw hubError('unknownSource', name);
      if (asked === 'none') throw hubError('noConnector', name);
      if (this.sources.find(name)?.serving) continue;
      // Its claim has just succeeded, or it was just asked to claim anew.
      if (performance.now() > end) throw hubError('noConnector', name);
      await pause(AGAIN_MS);
    }
  }
}
