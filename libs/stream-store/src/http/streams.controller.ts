import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Post,
  Put,
  Req,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { queryOf } from '@millrace/core/http';
import { AccessArea, assertScope, hasScope, principalOf } from '@millrace/core/security';
import type { EntryId, StreamInformation, WireRetention, WireStreamNumbers } from '@millrace/protocol';
import { NumbersFinder } from '../engine/numbers/numbers-finder.js';
import { parseCount, queryBoolean } from '../engine/query.js';
import { assertStreamName, splitStreams } from '../engine/stream-name.js';
import { StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA, type StreamStoreSettings } from '../stream-store.options.js';
import { type Bounds, boundsOf } from '../stores/bounds.js';
import { requestedMetadata } from './metadata-request.js';
import { lastSegments, nameBehind } from './request-url.js';

/** Streams of one answer of numbers: as a rule, and at the most. */
const USUAL_NUMBERS = 1000;
const MOST_NUMBERS = 10_000;

/** `/streams`: names, descriptions and metadata (stream-store§4 #22 #27 #28 #29 #47 #101). */
@AccessArea(STREAMS_AREA)
@UseFilters(DetailExceptionFilter)
@Controller({ path: 'streams', version: VERSION_NEUTRAL })
export class StreamsController {
  constructor(
    private readonly store: StreamStore,
    private readonly numbers: NumbersFinder,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  /** Names; with `info` descriptions, and with `statistics` the numbers of many streams at once. */
  @Get()
  async list(@Req() request: object): Promise<string[] | StreamInformation[] | WireStreamNumbers[]> {
    const principal = principalOf(request);
    const query = queryOf(request);
    const mayRead = (name: string): boolean => !principal || hasScope(principal.scopes, `streams:read:${name}`);
    if (queryBoolean(query, 'statistics')) {
      const count = parseCount(query, USUAL_NUMBERS, MOST_NUMBERS);
      return this.numbers.find({ match: query.get('match') ?? '', after: query.get('after') ?? '', count, mayRead });
    }
    const names = (await this.store.list()).filter(mayRead);
    if (!queryBoolean(query, 'info')) return names;
    return Promise.all(names.map((name) => this.information(name)));
  }

  @Get(':id')
  async describe(@Req() request: object): Promise<StreamInformation> {
    const name = nameBehind('streams', request);
    assertStreamName(name, this.settings.limits.maxNameBytes);
    assertScope(principalOf(request), `streams:read:${name}`);
    const information = await this.information(name);
    if ('error' in information && queryBoolean(queryOf(request), 'report_error')) {
      throw new MillraceError('BAD_REQUEST', 'no such key');
    }
    return information;
  }

  /** Answers the stored metadata as JSON text in a JSON string, as existing clients expect it. */
  @Put(':id')
  @HttpCode(200)
  @Header('Content-Type', 'application/json; charset=utf-8')
  async update(@Req() request: object): Promise<string> {
    const [name, ...more] = this.names(request);
    if (name === undefined || more.length > 0) throw new MillraceError('NOT_FOUND', 'Not Found');
    const principal = principalOf(request);
    assertScope(principal, `streams:write:${name}`);
    const override = queryBoolean(queryOf(request), 'override');
    const fields = await requestedMetadata(request, this.settings.limits.maxMetadataBytes);
    const stored = await this.store.setMetadata(name, fields, { override, owner: principal?.subject });
    return JSON.stringify(JSON.stringify(stored));
  }

  /** Ends a stream for good. Answers its description; once more, the same. */
  @Post(':id/close')
  @HttpCode(200)
  async close(@Req() request: object): Promise<StreamInformation> {
    const [name = ''] = lastSegments(request, 2);
    assertStreamName(name, this.settings.limits.maxNameBytes);
    assertScope(principalOf(request), `streams:write:${name}`);
    await this.store.end(name);
    return this.information(name);
  }

  /** Answers three numbers a stream: metadata removed, entries removed, streams removed. */
  @Delete(':id')
  async remove(@Req() request: object): Promise<number[]> {
    const names = this.names(request);
    for (const name of names) assertScope(principalOf(request), `streams:delete:${name}`);
    const removed = await this.store.delete(names);
    return removed.flatMap(({ metadata, entries, existed }) => [metadata ? 1 : 0, entries, existed ? 1 : 0]);
  }

  private names(request: object): string[] {
    return splitStreams(nameBehind('streams', request), this.settings.limits);
  }

  /** What `GET /streams/{id}` answers (stream-store§4). */
  private async information(sid: string): Promise<StreamInformation> {
    const [description, metadata] = await Promise.all([this.store.describe(sid), this.store.metadata(sid)]);
    const meta = metadata ? JSON.stringify(metadata) : null;
    if (!description) return { sid, error: 'no such key', meta };
    const { firstEntry, lastEntry, bytes } = description;
    return {
      sid,
      length: description.length,
      'radix-tree-keys': description.radixTreeKeys,
      'radix-tree-nodes': description.radixTreeNodes,
      'last-generated-id': description.lastGeneratedId,
      'max-deleted-entry-id': description.maxDeletedEntryId,
      'entries-added': description.entriesAdded,
      'recorded-first-entry-id': firstEntry ?? '0-0',
      groups: description.groups,
      'first-entry': firstEntry ?? null,
      'last-entry': lastEntry ?? null,
      'first-entry-time': firstEntry ? localTime(firstEntry) : null,
      'last-entry-time': lastEntry ? localTime(lastEntry) : null,
      ...(description.ended ? { ended: true } : {}),
      ...(bytes === undefined ? {} : { bytes }),
      retention: wireRetention(boundsOf(this.settings.retention, metadata)),
      meta,
    };
  }
}

function wireRetention({ maxLength, maxAge, maxBytes }: Bounds): WireRetention {
  const told = (bound: number): number | null => (bound === Infinity ? null : bound);
  return { max_len: told(maxLength), max_age: told(maxAge / 1000), max_bytes: told(maxBytes) };
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in the server's time zone; null where the ID's milliseconds are not a date. */
function localTime(id: EntryId): string | null {
  const date = new Date(Number(id.split('-', 1)[0]));
  if (Number.isNaN(date.getTime())) return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}000`;
}
