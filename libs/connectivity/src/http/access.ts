import { Injectable } from '@nestjs/common';
import { AccessPolicy, assertScope, hasScope, principalOf } from '@millrace/core/security';
import { CONNECTIVITY_AREA } from '../connectivity.options.js';
import type { Actor } from '../api/connection-registry.js';

type Verb = 'read' | 'write' | 'admin';

/**
 * Who may do what (connectivity#57). Scopes are `connectivity:read:<partition>`, `connectivity:write:<partition>` and
 * `connectivity:admin:<partition>`; without guards, or with the area opened, everybody may do everything.
 */
@Injectable()
export class ConnectivityAccess {
  constructor(private readonly policy: AccessPolicy) {}

  /** @throws MillraceError `FORBIDDEN` */
  assert(carrier: object, verb: Verb, partition?: string): void {
    if (this.policy.isOpen(CONNECTIVITY_AREA)) return;
    assertScope(
      principalOf(carrier),
      [CONNECTIVITY_AREA, verb, ...(partition === undefined ? [] : [partition])].join(':'),
    );
  }

  /** On whose behalf a request changes a partition; undefined when nobody is asked who they are. */
  actor(carrier: object, partition: string): Actor | undefined {
    const principal = principalOf(carrier);
    if (!principal || this.policy.isOpen(CONNECTIVITY_AREA)) return undefined;
    return {
      subject: principal.subject,
      admin: hasScope(principal.scopes, `${CONNECTIVITY_AREA}:admin:${partition}`),
    };
  }
}
