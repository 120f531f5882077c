import type { ExecutionContext } from '@nestjs/common';
import { handshakeRequestOf } from '@millrace/core/http';
import { principalOf } from '@millrace/core/security';
import type { CredentialSource } from '../engine/bearer-credential.js';

/** An object that came with a call, and on which its principal stands or will be noted. */
export interface Carrier {
  /** What the principal is noted on. */
  readonly target: object;
  /** Where a credential can be looked for; absent where only a principal that is already there counts. */
  readonly source?: CredentialSource & { readonly params?: unknown };
  /** Whether the principal on the target was put there when its connection opened, and may have run out since. */
  readonly longLived?: boolean;
}

/** Finds the carrier of a call, whatever it came by; undefined when there is none. */
export function findCarrier(context: ExecutionContext): Carrier | undefined {
  const args = context.getArgs<unknown[]>();
  const type = context.getType<string>();
  if (type === 'http') return ofRequest(args[0]) ?? ofPrincipal(args);
  if (type === 'ws') return ofRequest(args[0]) ?? ofClient(args[0]);
  if (type === 'graphql') return ofRequest((args[2] as { req?: unknown } | undefined)?.req) ?? ofPrincipal(args);
  return ofPrincipal(args);
}

/** The first argument that carries a principal: the caller of the handler has noted it there. */
function ofPrincipal(args: readonly unknown[]): Carrier | undefined {
  const target = args.find((argument) => principalOf(argument) !== undefined);
  return target === undefined ? undefined : { target: target as object, longLived: true };
}

function ofRequest(candidate: unknown): Carrier | undefined {
  return isSource(candidate) ? { target: candidate, source: candidate } : undefined;
}

/** The client of a gateway of the host's own: its handshake came by our adapter, or by socket.io. */
function ofClient(client: unknown): Carrier | undefined {
  if (typeof client !== 'object' || client === null) return undefined;
  const request: unknown = handshakeRequestOf(client) ?? (client as { request?: unknown }).request;
  if (isSource(request)) return { target: client, source: request, longLived: true };
  return principalOf(client) ? { target: client, longLived: true } : undefined;
}

function isSource(candidate: unknown): candidate is CredentialSource & { params?: unknown } & object {
  const { headers } = (candidate ?? {}) as { headers?: unknown };
  return typeof headers === 'object' && headers !== null;
}
