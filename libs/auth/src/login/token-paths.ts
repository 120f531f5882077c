import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

/** Path of the route, below the host's global prefix. */
export const TOKEN_PATH = 'token';

/**
 * Tells the route of tokens from the host's own routes. The global prefix is known when requests come, not when the
 * module is made; Nest injects its holder nowhere, so that is asked, and may not have it.
 */
@Injectable()
export class TokenPaths {
  constructor(private readonly moduleRef: ModuleRef) {}

  /** @param path without the query */
  has(path: string): boolean {
    const bare = path.replace(/^\/+|\/+$/g, '');
    // A host may leave this route out of its prefix.
    return bare === TOKEN_PATH || bare === [...this.prefix(), TOKEN_PATH].join('/');
  }

  private prefix(): string[] {
    const { container } = this.moduleRef as unknown as {
      container?: { applicationConfig?: { getGlobalPrefix?(): string } };
    };
    return (container?.applicationConfig?.getGlobalPrefix?.() ?? '').split('/').filter(Boolean);
  }
}
