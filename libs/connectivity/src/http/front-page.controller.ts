import { All, Req, Res, UseFilters } from '@nestjs/common';
import type { FrameworkResponse } from '@millrace/core/http';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { AccessArea } from '@millrace/core/security';
import { thrownIs } from '@millrace/protocol';
import { CONNECTIVITY_AREA } from '../connectivity.options.js';
import { ConnectionRegistry } from '../api/connection-registry.js';
import { ConnectivityAccess } from './access.js';
import { passes } from './method-gate.js';
import { frontPage, type ListedPartition } from './pages.js';
import { sendPage } from './send.js';

/** The page at `/` (connectivity#43), also polled for readiness by the Python client. */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
export class FrontPageController {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly access: ConnectivityAccess,
  ) {}

  @All()
  async show(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    if (!passes(request, response, ['GET'])) return;
    this.access.assert(request, 'read');
    const partitions: ListedPartition[] = [];
    for (const { name } of await this.registry.partitions()) {
      const listed = await this.list(name);
      if (listed) partitions.push(listed);
    }
    sendPage(response, frontPage(partitions, await this.registry.statistics()));
  }

  /** A partition may be gone between the two questions (connectivity#55). */
  private async list(name: string): Promise<ListedPartition | undefined> {
    try {
      return { name, connections: await this.registry.list(name) };
    } catch (error) {
      if (thrownIs(error, MillraceError) && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }
}
