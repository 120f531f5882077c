import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Post,
  Put,
  Req,
  Res,
  StreamableFile,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { type FrameworkResponse, queryOf, setHeaders, STORED_DATA_HEADERS } from '@millrace/core/http';
import { AccessArea, assertScope, principalOf } from '@millrace/core/security';
import type { EntryId, WireGroup, WireSetAsideEntry } from '@millrace/protocol';
import type { GroupDescription, GroupOptions } from '../api/stream-groups.js';
import { StreamStore } from '../api/stream-store.js';
import { canonicalId } from '../engine/entry-id.js';
import { invalidField, parseCount, queryBoolean, readGroupOptions } from '../engine/query.js';
import { quoted } from '../engine/quoted.js';
import { assertStreamName } from '../engine/stream-name.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA, type StreamStoreSettings } from '../stream-store.options.js';
import { lastSegments } from './request-url.js';

/** Entries of one list of what was set aside, at the most. */
const MOST_LISTED = 1000;

/** `/streams/{id}/groups`: groups of consumers, and what they have set aside (stream-store§7 #98 #99 #100 #102). */
@AccessArea(STREAMS_AREA)
@UseFilters(DetailExceptionFilter)
@Controller({ path: 'streams/:id/groups', version: VERSION_NEUTRAL })
export class GroupsController {
  constructor(
    private readonly store: StreamStore,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  @Get()
  async list(@Req() request: object): Promise<WireGroup[]> {
    const [stream = ''] = this.path(request, 'read', 2);
    return (await this.store.groups.list(stream)).map(wireGroup);
  }

  @Get(':group')
  async describe(@Req() request: object): Promise<WireGroup> {
    const [stream = '', , group = ''] = this.path(request, 'read', 3);
    return this.description(stream, group);
  }

  /** Makes a group, or sets what is given of its settings. With `move` it moves the place of one that is there. */
  @Put(':group')
  @HttpCode(200)
  async open(@Req() request: object): Promise<WireGroup> {
    const [stream = '', , group = ''] = this.path(request, 'write', 3);
    const query = queryOf(request);
    const after = query.get('after');
    if (queryBoolean(query, 'move')) await this.move(stream, group, after, readGroupOptions(query));
    else await this.store.groups.open(stream, group, { ...readGroupOptions(query), after: after ?? '$' });
    return this.description(stream, group);
  }

  /** Answers whether there was one. */
  @Delete(':group')
  async remove(@Req() request: object): Promise<boolean> {
    const [stream = '', , group = ''] = this.path(request, 'delete', 3);
    return this.store.groups.delete(stream, group);
  }

  @Get(':group/aside')
  async listSetAside(@Req() request: object): Promise<WireSetAsideEntry[]> {
    const [stream = '', , group = ''] = this.path(request, 'read', 4);
    const query = queryOf(request);
    const after = query.get('after');
    const count = Math.min(parseCount(query, 100), MOST_LISTED);
    const limit = after === null ? { count } : { count, after: canonicalId(after) };
    return this.store.groups.listSetAside(stream, group, limit);
  }

  /** The bytes of an entry that was set aside. */
  @Get(':group/aside/:entry')
  async readSetAside(
    @Req() request: object,
    @Res({ passthrough: true }) response: FrameworkResponse,
  ): Promise<StreamableFile> {
    const [stream = '', , group = '', , id = ''] = this.path(request, 'read', 5);
    const data = await this.store.groups.readSetAside(stream, group, canonicalId(id));
    if (!data) throw new MillraceError('NOT_FOUND', `The entry ${quoted(id)} is not set aside, or not kept any more`);
    setHeaders(response, STORED_DATA_HEADERS);
    return new StreamableFile(data, { type: 'application/octet-stream', length: data.length });
  }

  /** Hands an entry out again, or all (`*`). Answers the IDs of those that the stream still keeps. */
  @Post(':group/aside/:entry')
  @HttpCode(200)
  async requeue(@Req() request: object): Promise<EntryId[]> {
    const [stream = '', , group = '', , id = ''] = this.path(request, 'write', 5);
    return this.store.groups.requeue(stream, group, await this.chosen(stream, group, id));
  }

  /** Forgets an entry, or all (`*`). Answers how many there were. */
  @Delete(':group/aside/:entry')
  async discard(@Req() request: object): Promise<number> {
    const [stream = '', , group = '', , id = ''] = this.path(request, 'write', 5);
    return this.store.groups.discard(stream, group, await this.chosen(stream, group, id));
  }

  private async move(stream: string, group: string, after: string | null, settings: GroupOptions): Promise<void> {
    if (after === null)
      throw invalidField(['query', 'after'], 'A group is moved with "after": an ID, "0" or "$"', 'value_error.missing');
    const { groups } = this.store;
    await groups.move(stream, group, after);
    if (Object.keys(settings).length > 0) await groups.open(stream, group, settings);
  }

  private async chosen(stream: string, group: string, id: string): Promise<EntryId[]> {
    if (id !== '*') return [canonicalId(id)];
    return (await this.store.groups.listSetAside(stream, group, { count: MOST_LISTED })).map((entry) => entry.id);
  }

  /** The last segments of the path, from the stream on. */
  private path(request: object, action: 'read' | 'write' | 'delete', count: number): string[] {
    const segments = lastSegments(request, count);
    const [stream = ''] = segments;
    assertStreamName(stream, this.settings.limits.maxNameBytes);
    assertScope(principalOf(request), `streams:${action}:${stream}`);
    return segments;
  }

  private async description(stream: string, group: string): Promise<WireGroup> {
    const found = await this.store.groups.describe(stream, group);
    if (found) return wireGroup(found);
    throw new MillraceError('NOT_FOUND', `The stream ${quoted(stream)} has no group ${quoted(group)}`);
  }
}

function wireGroup({ maxDeliveries, setAside, lag, lagSeconds, ...rest }: GroupDescription): WireGroup {
  return {
    ...rest,
    lag: lag ?? null,
    lag_seconds: lagSeconds ?? null,
    attempts: rest.attempts ?? null,
    max_deliveries: maxDeliveries,
    set_aside: setAside,
    consumers: rest.consumers.map((one) => ({ ...one, attempts: one.attempts ?? null })),
  };
}
