import { Injectable } from '@nestjs/common';
import { assertScope } from '@millrace/core';
import { RpcError, RpcMethod, type RpcTask, Task } from '@millrace/rpc';
import { StreamStore } from '@millrace/stream-store';
import { z } from 'zod';

/** The code of Millrace for what is not there. */
const NOT_FOUND = -32004;

const PARAMS = z.object({ stream: z.string().optional().describe('One stream; all of them when absent') });

const STATISTICS = z.object({
  stream: z.string(),
  length: z.int().describe('Entries kept'),
  bytes: z.int().optional().describe('Bytes of data kept, where the store counts them'),
  added: z.int().describe('Entries ever added'),
  lastId: z.string().describe('ID of the newest entry'),
});
type Statistics = z.output<typeof STATISTICS>;

/** What the streams of this server hold, for those who come by RPC. */
@Injectable()
export class StreamStatisticsMethods {
  constructor(private readonly streams: StreamStore) {}

  @RpcMethod('stream-statistics', {
    title: 'Statistics of streams',
    description: 'Tells how much each stream holds.',
    params: PARAMS,
    result: z.array(STATISTICS),
    errors: [{ code: NOT_FOUND, message: 'There is no such stream' }],
    tags: ['streams'],
  })
  async statistics({ stream }: z.output<typeof PARAMS>, @Task() task: RpcTask): Promise<Statistics[]> {
    assertScope(task.principal, stream === undefined ? 'streams:read' : `streams:read:${stream}`);
    const names = stream === undefined ? await this.streams.list() : [stream];
    const found = await Promise.all(names.map((name) => this.one(name)));
    if (stream !== undefined && !found[0]) throw new RpcError(`There is no stream "${stream}"`, { code: NOT_FOUND });
    return found.filter((one) => one !== undefined);
  }

  private async one(name: string): Promise<Statistics | undefined> {
    const description = await this.streams.describe(name);
    if (!description) return undefined;
    const { stream, length, bytes, entriesAdded, lastGeneratedId } = description;
    return { stream, length, ...(bytes !== undefined && { bytes }), added: entriesAdded, lastId: lastGeneratedId };
  }
}
