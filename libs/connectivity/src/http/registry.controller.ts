import { All, HttpCode, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { DetailExceptionFilter, MillraceError } from '@millrace/core/errors';
import { RawBody, type FrameworkResponse } from '@millrace/core/http';
import { AccessArea } from '@millrace/core/security';
import { CONNECTIVITY_AREA, CONNECTIVITY_PATHS } from '../connectivity.options.js';
import { bodyClaim } from './connectivity.paths.js';
import { RegistryRequests } from './registry.requests.js';

/**
 * Routes of the DUNE clients: connectivity§3.1 §3.2 §3.3 §3.4. Requests of every method come in, so that the answer to a
 * wrong one is ours. Replies go straight to the HTTP adapter: at this size they cost less than the framework's general way of
 * sending them.
 */
@AccessArea(CONNECTIVITY_AREA)
@UseFilters(DetailExceptionFilter)
export class RegistryController {
  constructor(
    private readonly requests: RegistryRequests,
    @Inject(CONNECTIVITY_PATHS) paths: { readonly prefix: string },
    rawBody: RawBody,
  ) {
    rawBody.claim(bodyClaim(paths.prefix));
  }

  @All('publish')
  @HttpCode(200)
  publish(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.requests.publish(request, response);
  }

  @All('getconnection/:partition')
  @HttpCode(200)
  lookup(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.requests.lookup(request, response);
  }

  @All('retract')
  @HttpCode(200)
  retract(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.requests.retract(request, response);
  }

  @All('retract-partition')
  @HttpCode(200)
  retractPartition(@Req() request: object, @Res() response: FrameworkResponse): Promise<void> {
    return this.requests.retractPartition(request, response);
  }

  /** Without a name behind it there is no such path (connectivity#48). */
  @All('getconnection')
  nameless(): never {
    throw new MillraceError('NOT_FOUND', 'The path has no partition; ask for /getconnection/<partition>');
  }
}
