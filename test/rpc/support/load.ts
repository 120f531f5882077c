import { OperationsRegistry } from '@millrace/core/ops';
import type { INestApplicationContext } from '@nestjs/common';

/** Sessions and unanswered calls of the RPC server, as its health says them. */
export async function loadOf(app: INestApplicationContext): Promise<{ clients: number; calls: number }> {
  const { details } = await app.get(OperationsRegistry, { strict: false }).healthOf('rpc');
  return details as { clients: number; calls: number };
}
