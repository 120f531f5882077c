import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { AccessArea, assertScope, principalOf } from '@millrace/core/security';
import { type SocketConnection, type SocketHandler, SocketRegistry, textFrame } from '@millrace/core/sockets';
import { StreamStatistics } from '../api/stream-statistics.js';
import { StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA, type StreamStoreSettings } from '../stream-store.options.js';
import { PUSH_DOCS } from './stream-sockets.docs.js';
import { StreamClients } from '../engine/numbers/stream-clients.js';
import { BatchIntake } from '../engine/push/batch-intake.js';
import { PlainIntake } from '../engine/push/plain-intake.js';
import { assertProducible, type ProducerFields, PushedBy, readProducer } from '../engine/push/producer.js';
import type { PushIntake, PushQuery } from '../engine/push/push-intake.js';
import { PushPipeline } from '../engine/push/push-pipeline.js';
import { handshakeQuery, queryBoolean } from '../engine/query.js';
import { splitStreams } from '../engine/stream-name.js';
import type { OffsetMeaning } from '../engine/push/batch-codec.js';
import { quoted } from '../engine/quoted.js';

const PRODUCER_QUERY: ProducerFields = { id: 'producer', epoch: 'epoch', sequence: 'sequence' };

/** The socket `/data/{id}/push` (stream-store§6). */
@AccessArea(STREAMS_AREA)
@Injectable()
export class PushEndpoint implements SocketHandler<PushQuery>, OnModuleInit {
  private readonly pipelines = new WeakMap<SocketConnection<PushQuery>, PushPipeline>();

  constructor(
    private readonly store: StreamStore,
    private readonly statistics: StreamStatistics,
    private readonly clients: StreamClients,
    private readonly registry: SocketRegistry,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  onModuleInit(): void {
    if (!this.settings.sockets) return;
    const { limits, ignoreGlobalPrefix } = this.settings;
    const { maxMessageBytes } = limits;
    this.registry.add(this, {
      path: '/data/:stream_id/push',
      maxPayload: maxMessageBytes,
      docs: PUSH_DOCS,
      ignoreGlobalPrefix,
    });
  }

  /** @throws MillraceError 400 for a value that does not parse, 403 without the scope to write */
  handshake(request: UpgradeRequest): PushQuery {
    return handshakeQuery(() => {
      const { query } = request;
      const id = request.params['stream_id'] ?? '';
      const streams = id === '*' ? undefined : splitStreams(id, this.settings.limits);
      for (const stream of streams ?? []) assertScope(principalOf(request), `streams:write:${stream}`);
      const parseMeta = queryBoolean(query, 'parse_meta');
      const producer = readProducer((name) => query.get(name) ?? undefined, PRODUCER_QUERY);
      if (producer) assertProducible(streams, parseMeta);
      return {
        streams,
        // A push to `*` is one in batches, also where the query does not say so (stream-store§6).
        batch: queryBoolean(query, 'batch') || streams === undefined,
        ack: queryBoolean(query, 'ack'),
        parseMeta,
        offsets: readMeaning(query.get('offsets')),
        producer,
      };
    });
  }

  handleConnection(connection: SocketConnection<PushQuery>): void {
    const { limits } = this.settings;
    const { ack, producer } = connection.state;
    // A server that knows no producers says nothing.
    if (producer) connection.writeFrames(textFrame(JSON.stringify({ producer })));
    const { statistics } = this;
    const client = this.clients.join('writers', []);
    // A push to `*` names its streams as it goes.
    const intake = this.intakeFor(connection, (stream) => client.add(stream));
    for (const stream of connection.state.streams ?? []) client.add(stream);
    const pipeline = new PushPipeline(connection, intake, { ack, limits, statistics });
    this.pipelines.set(connection, pipeline);
    statistics.pushers += 1;
    connection.onMessage((data, isBinary) => pipeline.receive(data, isBinary));
    connection.onClose(() => {
      statistics.pushers -= 1;
      client.leave();
    });
  }

  async drain(connection: SocketConnection<PushQuery>): Promise<void> {
    await this.pipelines.get(connection)?.drain();
  }

  /** @throws MillraceError for joined streams without batches */
  private intakeFor({ state, principal }: SocketConnection<PushQuery>, onNamed: (stream: string) => void): PushIntake {
    if (state.batch) return new BatchIntake(this.store, state, principal, this.settings.limits, onNamed);
    const [stream, ...more] = state.streams ?? [];
    if (stream === undefined || more.length > 0) {
      throw new MillraceError('BAD_REQUEST', 'A push to several streams joined by + needs batch=true');
    }
    return new PlainIntake(this.store, stream, state.parseMeta, new PushedBy(principal?.subject, state.producer));
  }
}

function readMeaning(text: string | null): OffsetMeaning | undefined {
  if (text === null || text === 'start' || text === 'end') return text ?? undefined;
  throw new MillraceError('BAD_REQUEST', `Query parameter "offsets" must be "start" or "end", not ${quoted(text)}`);
}
