import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type InjectableOptions,
  Scope,
  type Type,
} from '@nestjs/common';
import { ContextIdFactory, REQUEST } from '@nestjs/core';

/** The scopes that a global guard can have. */
export const GLOBAL_SCOPES = ['default', 'request', 'transient', 'durable'] as const;
/** Those of a class or method too. */
export const SCOPES = [...GLOBAL_SCOPES, 'injecting'] as const;
export type GuardScope = (typeof SCOPES)[number];

export const SCOPE_OPTIONS: Readonly<Record<GuardScope, InjectableOptions>> = {
  default: {},
  request: { scope: Scope.REQUEST },
  transient: { scope: Scope.TRANSIENT },
  durable: { scope: Scope.REQUEST, durable: true },
  injecting: {},
};

/** What makes a class that injects it as short-lived as a request. */
@Injectable({ scope: Scope.REQUEST })
export class PerRequest {
  readonly made = true;
}

/** One question to a guard. */
export interface Asked {
  /** `http GET`-like name: the type of the context and the handler. */
  readonly place: string;
  /** Which instance was asked. */
  readonly instance: number;
  /** Whether its constructor ran. */
  readonly constructed: boolean;
  /** Whether the `REQUEST` that it injects is an argument of the call; undefined when it injects none. */
  readonly ofCall: boolean | undefined;
}

/** What guards of a test were asked, and what they say. */
export class Ledger {
  readonly asked: Asked[] = [];
  instances = 0;
  /** Whether the guard lets a call in, by its place. */
  allows: (place: string) => boolean = () => true;

  clear(): void {
    this.asked.length = 0;
    this.allows = () => true;
  }

  /** How often each place asked. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { place } of this.asked) counts[place] = (counts[place] ?? 0) + 1;
    return counts;
  }
}

/** A guard of a scope that writes into the ledger; a class of its own for each test. */
export function guardOf(scope: GuardScope, ledger: Ledger): Type<CanActivate> {
  @Injectable(SCOPE_OPTIONS[scope])
  class NightWatch implements CanActivate {
    private readonly instance: number;
    private readonly constructed = true;
    protected readonly request: object | undefined;

    constructor() {
      this.instance = ledger.instances += 1;
    }

    canActivate(context: ExecutionContext): boolean {
      const place = `${context.getType<string>()} ${context.getClass().name}.${context.getHandler().name}`;
      const ofCall = this.request && context.getArgs().includes(this.request);
      // A class that was not constructed has neither.
      const { instance, constructed } = this as unknown as { instance?: number; constructed?: boolean };
      ledger.asked.push({ place, instance: instance ?? 0, constructed: constructed === true, ofCall });
      return ledger.allows(place);
    }
  }
  if (scope === 'request') Inject(REQUEST)(NightWatch.prototype, 'request');
  if (scope === 'injecting') Inject(PerRequest)(NightWatch.prototype, 'request');
  return NightWatch;
}

const TENANT = ContextIdFactory.create();

/** Gives all requests one context for durable providers; the result takes that back. Nest holds it for the process. */
export function oneTenant(): () => void {
  ContextIdFactory.apply({ attach: (contextId) => (info) => (info.isTreeDurable ? TENANT : contextId) });
  return () => ContextIdFactory.apply(undefined as never);
}
