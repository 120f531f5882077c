import { Inject, Injectable } from '@nestjs/common';
import { type FrameworkResponse, isForm, takeBody } from '@millrace/core/http';
import { CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { ConnectivityDebug } from './connectivity-debug.js';
import { ConnectionRegistry } from '../api/connection-registry.js';
import { PatternWarmUp } from '../pattern-warm-up.js';
import { ConnectivityAccess } from './access.js';
import { type HttpRequest, partitionInPath, passes, senderOf } from './method-gate.js';
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
 * Answers the requests of the DUNE clients (connectivity§3.1 §3.2 §3.3 §3.4). They come from the controller, or from
 * the {@link FrameworkBypass}.
 */
@Injectable()
export class RegistryRequests {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly access: ConnectivityAccess,
    private readonly debug: ConnectivityDebug,
    private readonly warmUp: PatternWarmUp,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
  ) {}

  async publish(request: HttpRequest, response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, { name: 'publish', methods: ['POST'] })) return;
    const start = performance.now();
    const { limits } = this.settings;
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('publish', body.bytes);
    const members = readJsonMembers(body);
    const partition = readPartition(members, limits);
    const connections = readConnections(members, limits);
    this.access.assert(request, 'write', partition);
    await this.registry.publish(partition, connections, this.access.actor(request, partition));
    this.debug.called('publish', { partition, from: senderOf(request), uri: connections[0]?.uri });
    this.debug.took('publish', start, connections.length);
    sendOk(response);
  }

  async lookup(request: HttpRequest, response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, { methods: ['GET', 'POST'] })) return;
    const start = performance.now();
    const { limits } = this.settings;
    const partition = partitionInPath(request, limits);
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('lookup', body.bytes);
    const query = readQuery(readJsonMembers(body), limits);
    this.access.assert(request, 'read', partition);
    await this.warmUp.before(query.pattern);
    let reply: Buffer;
    try {
      reply = await this.registry.lookupJson(partition, query);
    } catch (error) {
      this.debug.missed('lookup', error);
      throw error;
    }
    if (this.debug.level > 0) {
      const { pattern: uid_regex, dataType: data_type } = query;
      this.debug.called('lookup', { partition, from: senderOf(request), uid_regex, data_type });
      this.debug.took('lookup', start, countOf(reply));
    }
    send(response, 200, JSON_TYPE, reply);
  }

  async retract(request: HttpRequest, response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, { name: 'retract', methods: ['POST'] })) return;
    const { limits } = this.settings;
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('retract', body.bytes);
    const members = readJsonMembers(body);
    const partition = readPartition(members, limits);
    const uids = readConnectionIds(members, limits);
    this.access.assert(request, 'write', partition);
    this.debug.called('retract', { partition, from: senderOf(request), uid: uids[0] });
    try {
      await this.registry.retract(partition, uids, this.access.actor(request, partition));
    } catch (error) {
      this.debug.missed('retract', error);
      throw error;
    }
    sendOk(response);
  }

  /** By form as the older clients do, or by JSON as the newer ones (connectivity#34 #35). */
  async retractPartition(request: HttpRequest, response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, { name: 'retract-partition', methods: ['POST'] })) return;
    const { limits } = this.settings;
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('retract-partition', body.bytes);
    const members = isForm(body) ? await readPartitionField(body) : readJsonMembers(body);
    const partition = readPartition(members, limits);
    this.access.assert(request, 'write', partition);
    await this.registry.retractPartition(partition, this.access.actor(request, partition));
    this.debug.called('retract-partition', { partition, from: senderOf(request) });
    sendOk(response);
  }
}

function countOf(reply: Buffer): number {
  return (JSON.parse(reply.toString()) as unknown[]).length;
}
