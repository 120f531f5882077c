import { Injectable } from '@nestjs/common';
import { assertScope } from '@millrace/core/security';
import { z } from 'zod';
import { RpcMethod } from '../api/rpc-method.decorator.js';
import { Task } from '../api/task.decorator.js';
import type { RpcCall } from '../engine/rpc-engine.interface.js';
import { RpcTopics } from '../api/rpc-topics.js';

const TOPIC = z.strictObject({ topic: z.string().min(1).max(1000).describe('Name of the topic') });

/** `rpc.on` and `rpc.off`, there only with the option `topics`. */
@Injectable()
export class TopicMethods {
  constructor(private readonly topics: RpcTopics) {}

  @RpcMethod('rpc.on', { description: 'Subscribes this connection to the notifications of a topic.', params: TOPIC })
  on({ topic }: z.output<typeof TOPIC>, @Task() task: RpcCall): void {
    assertScope(task.principal, `rpc:subscribe:${topic}`);
    this.topics.subscribe(task.session, topic);
  }

  @RpcMethod('rpc.off', { description: 'Ends a subscription.', params: TOPIC })
  off({ topic }: z.output<typeof TOPIC>, @Task() task: RpcCall): void {
    this.topics.unsubscribe(task.session, topic);
  }
}
