import { All, Inject, Req, Res, UseFilters } from '@nestjs/common';
import type { FrameworkResponse } from '@millrace/core/http';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { AccessArea, ChangesState, Public } from '@millrace/core/security';
import { Shutdown } from '@millrace/core/shutdown';
import { ERROR_TABLE } from '@millrace/protocol';
import { CONNECTIVITY_AREA, CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { ConnectionRegistry } from '../api/connection-registry.js';
import { ConnectivityAccess } from './access.js';
import { passes } from './method-gate.js';
import { statisticsPage } from './pages.js';
import { sendOk, sendPage } from './send.js';

/** The statistics, the resets and the probes of connectivity§3.5. */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
export class StatusController {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly access: ConnectivityAccess,
    private readonly shutdown: Shutdown,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
  ) {}

  @All('stats')
  async stats(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['GET'], 'stats')) return;
    this.access.assert(request, 'read');
    sendPage(response, statisticsPage(await this.registry.statistics()));
  }

  @ChangesState()
  @All('resetStats')
  async resetStats(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['GET'], 'resetStats')) return;
    this.assertMayReset(request);
    const before = await this.registry.resetStatistics();
    sendPage(response, statisticsPage(before));
  }

  @ChangesState()
  @All('resetService')
  async resetService(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['GET'], 'resetService')) return;
    this.assertMayReset(request);
    const before = await this.registry.statistics();
    await this.registry.clear();
    await this.registry.resetStatistics();
    sendPage(response, statisticsPage(before));
  }

  @Public()
  @All('live')
  live(@Req() request: object, @Res() response: FrameworkResponse): void {
    if (passes(request, response, ['GET'], 'live')) sendOk(response);
  }

  @Public()
  @All('ready')
  async ready(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['GET'], 'ready')) return;
    if (this.shutdown.isLeaving) throw new MillraceError('GOING_AWAY', ERROR_TABLE.GOING_AWAY.meaning);
    await this.registry.ping();
    sendOk(response);
  }

  private assertMayReset(request: object): void {
    if (!this.settings.resetByGet)
      throw new MillraceError('NOT_FOUND', 'Resets by GET are switched off by the option resetByGet');
    this.access.assert(request, 'admin');
  }
}
