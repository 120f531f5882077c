import { Injectable } from '@nestjs/common';
import { notificationText } from '../engine/reply-text.js';
import type { RpcSession } from '../engine/rpc-engine.interface.js';
import { RpcError } from './rpc.error.js';
import { RPC_ERROR } from '@millrace/protocol';

/** Topics one client may follow. */
const MAX_TOPICS = 1000;

/**
 * Sends notifications to clients that asked for them by `rpc.on`: an extension of the protocol, which sends nothing
 * unasked (rpc#S40). A client whose output piles up misses notifications rather than hold them back.
 *
 * @example
 * ```ts
 * constructor(private readonly topics: RpcTopics) {}
 * changed(camera: Camera) { this.topics.publish('camera-changed', camera); }
 * ```
 * @publicApi
 */
@Injectable()
export class RpcTopics {
  private readonly subscribers = new Map<string, Set<RpcSession>>();
  private readonly topicsOf = new WeakMap<RpcSession, Set<string>>();

  /**
   * Sends `{"jsonrpc":"2.0","method":<topic>,"params":<params>}` to the topic's subscribers.
   *
   * @returns how many clients it was sent to
   */
  publish(topic: string, params?: unknown): number {
    const sessions = this.subscribers.get(topic);
    if (!sessions) return 0;
    const text = notificationText(topic, params);
    let sent = 0;
    for (const { peer } of sessions) {
      if (peer.congested) continue;
      peer.push?.(text);
      sent += 1;
    }
    return sent;
  }

  /** @throws RpcError when the client cannot be sent notifications, or follows too many topics */
  subscribe(session: RpcSession, topic: string): void {
    if (!session.peer.push)
      throw new RpcError('Topics need a WebSocket; they cannot be followed over HTTP', {
        code: RPC_ERROR.INVALID_REQUEST,
      });
    const topics = this.topicsOf.get(session) ?? this.remember(session);
    if (topics.size >= MAX_TOPICS)
      throw new RpcError(`This client follows ${MAX_TOPICS} topics already, which is the most; leave some by rpc.off`, {
        code: RPC_ERROR.TOO_MANY_REQUESTS,
      });
    topics.add(topic);
    const sessions = this.subscribers.get(topic) ?? new Set();
    this.subscribers.set(topic, sessions.add(session));
  }

  unsubscribe(session: RpcSession, topic: string): void {
    this.topicsOf.get(session)?.delete(topic);
    const sessions = this.subscribers.get(topic);
    sessions?.delete(session);
    if (sessions?.size === 0) this.subscribers.delete(topic);
  }

  private remember(session: RpcSession): Set<string> {
    const topics = new Set<string>();
    this.topicsOf.set(session, topics);
    session.onClose(() => {
      for (const topic of topics) this.unsubscribe(session, topic);
    });
    return topics;
  }
}
