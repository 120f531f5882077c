import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { rawResponseOf } from '@millrace/core/http';
import { type LiveConnection, LiveConnections, type Principal } from '@millrace/core/security';
import { API_KEY_METHOD } from '../auth.constants.js';

/** How often answers are looked at, in milliseconds: as often as sockets are. */
const INTERVAL_MS = 1000;

class LiveAnswer implements LiveConnection {
  constructor(
    readonly principal: Principal,
    private readonly response: ServerResponse,
  ) {}

  /** Cuts what has begun to flow. What has not may be the answer to the revocation of its own key. */
  fail(): void {
    if (this.response.headersSent) this.response.destroy();
  }
}

/**
 * HTTP answers under way: a stream of pictures or events may outlive the token or key it was opened with. What has begun
 * to flow is cut when its credential has run out.
 */
@Injectable()
export class LiveAnswers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly answers = new Set<LiveAnswer>();
  private timer: NodeJS.Timeout | undefined;

  constructor(live: LiveConnections) {
    live.include(this.answers);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.cutRunOut(Date.now()), INTERVAL_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Remembers an answer until it has ended, if the credential it was opened with may come to an end before it. */
  attend(principal: Principal, response: unknown): void {
    if (principal.expiresAt === undefined && principal.method !== API_KEY_METHOD) return;
    const raw = rawResponseOf(response ?? {});
    if (!isResponse(raw)) return;
    const answer = new LiveAnswer(principal, raw);
    this.answers.add(answer);
    raw.once('close', () => this.answers.delete(answer));
  }

  private cutRunOut(now: number): void {
    for (const answer of this.answers) if ((answer.principal.expiresAt ?? Infinity) <= now) answer.fail();
  }
}

/** Calls of foreign packages may have something else for a response. */
function isResponse(candidate: Partial<ServerResponse>): candidate is ServerResponse {
  return typeof candidate.once === 'function' && typeof candidate.destroy === 'function' && 'headersSent' in candidate;
}
