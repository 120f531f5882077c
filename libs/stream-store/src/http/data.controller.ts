import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Inject,
  Post,
  Req,
  Res,
  StreamableFile,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { type FrameworkResponse, queryOf, rawRequestOf, setHeaders, STORED_DATA_HEADERS } from '@millrace/core/http';
import { AccessArea, assertScope, principalOf } from '@millrace/core/security';
import { Conversions } from '../engine/conversion/conversion.js';
import { deviceTime } from '../engine/conversion/device-frame.js';
import { EVENT_STREAM } from '@millrace/protocol';
import { StreamClients } from '../engine/numbers/stream-clients.js';
import { assertProducible, type ProducerFields, readProducer } from '../engine/push/producer.js';
import { queryBoolean } from '../engine/query.js';
import { splitStreams } from '../engine/stream-name.js';
import { StreamStatistics } from '../api/stream-statistics.js';
import { type NewEntry, StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA, type StreamStoreSettings } from '../stream-store.options.js';
import { readEntries } from './data-reader.js';
import { cursorHeader } from './entry-group.js';
import { endedHeader, gapHeader, layOut, unreadableHeader } from './entry-offset.js';
import { eventStream } from './event-stream.js';
import { OpenAnswers } from './open-answers.js';
import { nameBehind } from './request-url.js';
import { readUpload } from './upload-reader.js';

const EXPOSED = 'entry-offset, entry-cursor, entry-more, entry-gap, entry-unreadable, entry-ended';
const PRODUCER_HEADERS: ProducerFields = { id: 'Producer-Id', epoch: 'Producer-Epoch', sequence: 'Producer-Seq' };

/** `/data/{id}`: entries in and out over plain HTTP (stream-store§5 #30 #31 #32 #44 #48). */
@AccessArea(STREAMS_AREA)
@UseFilters(DetailExceptionFilter)
@Controller({ path: 'data', version: VERSION_NEUTRAL })
export class DataController {
  constructor(
    private readonly store: StreamStore,
    private readonly statistics: StreamStatistics,
    private readonly conversions: Conversions,
    private readonly answers: OpenAnswers,
    private readonly clients: StreamClients,
    private readonly host: HttpAdapterHost,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  /**
   * Appends every file part named `entries` in one transaction; with the id `*` each goes to the stream its filename names. With
   * the headers of a producer it may be sent again, and is stored once.
   */
  @Post(':id')
  @HttpCode(200)
  async append(@Req() request: object): Promise<string[]> {
    const id = nameBehind('data', request);
    const principal = principalOf(request);
    const targets = id === '*' ? undefined : splitStreams(id, this.settings.limits);
    if (targets && targets.length > 1)
      throw new MillraceError(
        'BAD_REQUEST',
        'An upload must go to one stream, or to * with the name of a stream as filename of each part',
      );
    // Checked before the body is read: a client that may not write need not send it.
    if (targets) assertScope(principal, `streams:write:${targets[0]}`);
    const parseMeta = queryBoolean(queryOf(request), 'parse_meta');
    const producer = readProducer((name) => headerOf(request, name), PRODUCER_HEADERS);
    if (producer) assertProducible(targets, parseMeta);
    const uploaded = await readUpload(request, this.settings.limits);
    const entries = uploaded.map(({ filename, data }): NewEntry => {
      const [stream = ''] = targets ?? splitStreams(filename, { ...this.settings.limits, maxJoined: 1 });
      assertScope(principal, `streams:write:${stream}`);
      return { stream, data, ...(parseMeta ? { id: `${deviceTime(data)}-0` } : {}) };
    });
    return this.store.appendAll(entries, { owner: principal?.subject, producer });
  }

  /**
   * Entries one after another, with the header `entry-offset`, `entry-gap` where entries after the given ID are gone, and
   * `entry-unreadable` where some could not be converted. `entry-cursor` is the `last_entry_id` to ask on with, and
   * `entry-more` says that entries were left out which had no room in the answer, and `entry-ended` of which streams nothing more
   * comes. `block` waits up to that many milliseconds
   * for news. A client that accepts `text/event-stream` gets them as
   * server-sent events, and what comes later too.
   */
  @Get(':id')
  async read(
    @Req() request: object,
    @Res({ passthrough: true }) response: FrameworkResponse,
  ): Promise<StreamableFile | undefined> {
    const streams = splitStreams(nameBehind('data', request), this.settings.limits);
    const principal = principalOf(request);
    for (const stream of streams) assertScope(principal, `streams:read:${stream}`);
    const header = this.host.httpAdapter.setHeader.bind(this.host.httpAdapter, response);
    setHeaders(response, STORED_DATA_HEADERS);
    if (wantsEvents(request)) {
      header('Cache-Control', 'no-store');
      header('X-Accel-Buffering', 'no');
      const answer = this.answers.open(response, { endless: true });
      const events = await eventStream(this.store, streams, request, answer, this.statistics);
      if (!events) {
        this.host.httpAdapter.status(response, HttpStatus.NO_CONTENT);
        return undefined;
      }
      this.clients.readUntil(answer.gone, streams);
      return new StreamableFile(events, { type: `${EVENT_STREAM}; charset=utf-8` });
    }
    const { signal } = this.answers.open(response);
    const { limits } = this.settings;
    const query = queryOf(request);
    const conversion = this.conversions.find(query.get('output'), query.get('input'));
    const reading = { conversion, limits, signal };
    const { groups, gaps, unreadable, more, ended } = await readEntries(this.store, streams, query, reading);
    const { header: offsets, parts, length } = layOut(groups);
    const cursor = cursorHeader(groups, streams);
    const gap = gapHeader(gaps);
    const left = unreadableHeader(unreadable);
    const end = endedHeader(ended);
    this.statistics.gaps += gaps.length;
    this.statistics.unreadable += unreadable.length;
    header('entry-offset', offsets);
    if (cursor !== undefined) header('entry-cursor', cursor);
    if (more) header('entry-more', 'true');
    if (gap) header('entry-gap', gap);
    if (left) header('entry-unreadable', left);
    if (end) header('entry-ended', end);
    header('Access-Control-Expose-Headers', EXPOSED);
    return new StreamableFile(Readable.from(parts), { type: 'application/octet-stream', length });
  }
}

/** The first one, where a header is repeated. */
function headerOf(request: object, name: string): string | undefined {
  const value = rawRequestOf(request).headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

function wantsEvents(request: object): boolean {
  return /\btext\/event-stream\b/i.test(rawRequestOf(request).headers.accept ?? '');
}
