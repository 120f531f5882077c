import { All, Inject, Injectable, Req, Res, UseFilters } from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { type FrameworkResponse, isForm, rawRequestOf, takeBody, type TakenBody } from '@millrace/core/http';
import { AccessArea } from '@millrace/core/security';
import { CONNECTIVITY_AREA, CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { ConnectivityDebug } from './connectivity-debug.js';
import { ConnectionRegistry } from '../api/connection-registry.js';
import { PatternWarmUp } from '../pattern-warm-up.js';
import { ConnectivityAccess } from './access.js';
import { partitionInPath, passes } from './method-gate.js';
import {
  readConnectionIds,
  readConnections,
  readJsonMembers,
  readPartition,
  readPartitionField,
  readQuery,
} from './members.js';
import { JSON_TYPE, send, sendOk } from './send.js';

/**
 * Routes of the DUNE clients: connectivity§3.1 §3.2 §3.3 §3.4. Requests of every method come in, so that the answer to a
 * wrong one is ours. Replies go straight to the HTTP adapter: at this size they cost less than the framework's general way of
 * sending them. The {@link FrameworkBypass} calls the same methods.
 */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
@Injectable()
export class RegistryController {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly access: ConnectivityAccess,
    private readonly debug: ConnectivityDebug,
    private readonly warmUp: PatternWarmUp,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
  ) {}

  @All('publish')
  async publish(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['POST'], 'publish')) return;
    const start = performance.now();
    const { limits } = this.settings;
    const members = readJsonMembers(await this.take('publish', request));
    const partition = readPartition(members, limits);
    const connections = readConnections(members, limits);
    this.access.assert(request, 'write', partition);
    await this.registry.publish(partition, connections, this.access.actor(request, partition));
    this.debug.called('publish', { partition, from: senderOf(request), uri: connections[0]?.uri });
    this.debug.took('publish', start, connections.length);
    sendOk(response);
  }

  @All('getconnection/:partition')
  async lookup(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['GET', 'POST'])) return;
    const start = performance.now();
    const { limits } = this.settings;
    const partition = partitionInPath(request, limits);
    const query = readQuery(readJsonMembers(await this.take('lookup', request)), limits);
    this.access.assert(request, 'read', partition);
    await this.warmUp.before(query.pattern);
    const missed = (error: unknown): never => this.debug.missed('lookup', error);
    const reply = await this.registry.lookupJson(partition, query).catch(missed);
    if (this.debug.level > 0) {
      const { pattern: uid_regex, dataType: data_type } = query;
      this.debug.called('lookup', { partition, from: senderOf(request), uid_regex, data_type });
      this.debug.took('lookup', start, countOf(reply));
    }
    send(response, 200, JSON_TYPE, reply);
  }

  @All('retract')
  async retract(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['POST'], 'retract')) return;
    const { limits } = this.settings;
    const members = readJsonMembers(await this.take('retract', request));
    const partition = readPartition(members, limits);
    const uids = readConnectionIds(members, limits);
    this.access.assert(request, 'write', partition);
    this.debug.called('retract', { partition, from: senderOf(request), uid: uids[0] });
    const missed = (error: unknown): never => this.debug.missed('retract', error);
    await this.registry.retract(partition, uids, this.access.actor(request, partition)).catch(missed);
    sendOk(response);
  }

  /** By form as the older clients do, or by JSON as the newer ones (connectivity#34 #35). */
  @All('retract-partition')
  async retractPartition(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['POST'], 'retract-partition')) return;
    const { limits } = this.settings;
    const body = await this.take('retract-partition', request);
    const members = isForm(body) ? await readPartitionField(body) : readJsonMembers(body);
    const partition = readPartition(members, limits);
    this.access.assert(request, 'write', partition);
    await this.registry.retractPartition(partition, this.access.actor(request, partition));
    this.debug.called('retract-partition', { partition, from: senderOf(request) });
    sendOk(response);
  }

  /** Without a name behind it there is no such path (connectivity#48). */
  @All('getconnection')
  nameless(): never {
    throw new MillraceError('NOT_FOUND', 'The path has no partition; ask for /getconnection/<partition>');
  }

  private async take(call: string, request: object): Promise<TakenBody> {
    const body = await takeBody(request, this.settings.limits.maxBodyBytes);
    this.debug.body(call, body.bytes);
    return body;
  }
}

/** Where a request came from, for the log. */
function senderOf(request: object): string {
  const { socket } = rawRequestOf(request);
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}

function countOf(reply: Buffer): number {
  return (JSON.parse(reply.toString()) as unknown[]).length;
}
