import { All, HttpCode, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { AccessArea, DetailExceptionFilter, MillraceError, RawBody } from '@millrace/core';
import { CONNECTIVITY_AREA, CONNECTIVITY_PATHS, CONNECTIVITY_SETTINGS } from '../connectivity.constants.js';
import type { ConnectivitySettings } from '../connectivity.options.js';
import { bodyClaim } from '../connectivity.paths.js';
import { ConnectivityDebug } from '../debug/connectivity-debug.js';
import { ConnectionRegistry } from '../registry/connection-registry.js';
import { ConnectivityAccess } from './access.js';
import { readFormField } from './form-body.js';
import { type HttpRequest, type HttpResponse, senderOf } from './http-types.js';
import { isForm, readJsonObject } from './json-body.js';
import { readConnectionIds, readConnections, readPartition, readQuery } from './members.js';
import { passes } from './method-gate.js';
import { partitionInPath } from './partition-in-path.js';
import { JSON_TYPE, send, sendOk } from './send.js';
import { takeBody } from './take-body.js';

/**
 * The DUNE clients' part of the protocol, sections 3.1 to 3.4. Replies go straight to the HTTP adapter: at this size they
 * cost less than the framework's general way of sending them.
 */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
export class RegistryController {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly access: ConnectivityAccess,
    private readonly debug: ConnectivityDebug,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
    @Inject(CONNECTIVITY_PATHS) paths: { readonly prefix: string },
    rawBody: RawBody,
  ) {
    rawBody.claim(bodyClaim(paths.prefix));
  }

  @All('publish')
  @HttpCode(200)
  async publish(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    if (!passes(request, response, { name: 'publish', methods: ['POST'] })) return;
    const start = performance.now();
    const { limits } = this.settings;
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('publish', body.bytes);
    const members = readJsonObject(body);
    const partition = readPartition(members, limits);
    const connections = readConnections(members, limits);
    this.access.assert(request, 'write', partition);
    await this.registry.publish(partition, connections, this.access.actor(request, partition));
    this.debug.called('publish', { partition, from: senderOf(request), uri: connections[0]?.uri });
    this.debug.took('publish', start, connections.length);
    sendOk(response);
  }

  @All('getconnection/:partition')
  @HttpCode(200)
  async lookup(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    if (!passes(request, response, { methods: ['GET', 'POST'] })) return;
    const start = performance.now();
    const { limits } = this.settings;
    const partition = partitionInPath(request, limits);
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('lookup', body.bytes);
    const query = readQuery(readJsonObject(body), limits);
    this.access.assert(request, 'read', partition);
    const reply = await this.registry.lookupJson(partition, query);
    this.debug.called('lookup', {
      partition,
      from: senderOf(request),
      uid_regex: query.pattern,
      data_type: query.dataType,
    });
    this.debug.took('lookup', start, this.debug.level > 0 ? countOf(reply) : 0);
    send(response, 200, JSON_TYPE, reply);
  }

  @All('retract')
  @HttpCode(200)
  async retract(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    if (!passes(request, response, { name: 'retract', methods: ['POST'] })) return;
    const { limits } = this.settings;
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('retract', body.bytes);
    const members = readJsonObject(body);
    const partition = readPartition(members, limits);
    const uids = readConnectionIds(members, limits);
    this.access.assert(request, 'write', partition);
    await this.registry.retract(partition, uids, this.access.actor(request, partition));
    this.debug.called('retract', { partition, from: senderOf(request), uid: uids[0] });
    sendOk(response);
  }

  /** By form as the older clients do, or by JSON as the newer ones (rows 34 and 35). */
  @All('retract-partition')
  @HttpCode(200)
  async retractPartition(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    if (!passes(request, response, { name: 'retract-partition', methods: ['POST'] })) return;
    const { limits } = this.settings;
    const body = await takeBody(request, limits.maxBodyBytes);
    this.debug.body('retract-partition', body.bytes);
    const partition = isForm(body)
      ? readPartition({ partition: await readFormField(body, 'partition') }, limits)
      : readPartition(readJsonObject(body), limits);
    this.access.assert(request, 'write', partition);
    await this.registry.retractPartition(partition, this.access.actor(request, partition));
    this.debug.called('retract-partition', { partition, from: senderOf(request) });
    sendOk(response);
  }

  /** Without a name behind it there is no such path (row 48). */
  @All('getconnection')
  nameless(): never {
    throw new MillraceError('NOT_FOUND', 'The path lacks a partition: /getconnection/<partition>');
  }
}

function countOf(reply: Buffer): number {
  return (JSON.parse(reply.toString()) as unknown[]).length;
}
