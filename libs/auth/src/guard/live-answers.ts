import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { rawResponseOf } from '@millrace/core/http';
import type { Principal } from '@millrace/core/security';
import { API_KEY_METHOD } from '../auth.constants.js';

/** How often answers are looked at, in milliseconds: as often as sockets are. */
const INTERVAL_MS = 1000;

interface LiveAnswer {
  readonly principal: Principal;
  readonly response: ServerResponse;
}

/**
 * HTTP answers under way: a stream of pictures or events may outlive the token or key it was opened with. What has begun
 * to flow is cut when its credential has run out.
 */
@Injectable()
export class LiveAnswers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly answers = new Set<LiveAnswer>();
  private timer: NodeJS.Timeout | undefined;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.cutRunOut(Date.now()), INTERVAL_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Remembers an answer until it has ended, if the credential it was opened with may come to an end before it. */
  attend(principal: Principal, response: unknown): void {
    if (principal.expiresAt === undefined && !isKey(principal)) return;
    const raw = rawResponseOf(response ?? {});
    if (!isResponse(raw)) return;
    const answer = { principal, response: raw };
    this.answers.add(answer);
    raw.once('close', () => this.answers.delete(answer));
  }

  /** Ids of the API keys by which answers live. */
  get keyIds(): Set<string> {
    const keys = [...this.answers].filter(({ principal }) => isKey(principal));
    return new Set(keys.map(({ principal }) => principal.subject));
  }

  /** Cuts what has begun to flow by an API key. What has not may be the answer to its revocation. */
  cutKey(id: string): void {
    this.cutIf((principal) => isKey(principal) && principal.subject === id);
  }

  private cutRunOut(now: number): void {
    this.cutIf(({ expiresAt = Infinity }) => expiresAt <= now);
  }

  private cutIf(isOver: (principal: Principal) => boolean): void {
    for (const { principal, response } of this.answers)
      if (response.headersSent && isOver(principal)) response.destroy();
  }
}

function isKey({ method }: Principal): boolean {
  return method === API_KEY_METHOD;
}

/** Calls of foreign packages may have something else for a response. */
function isResponse(candidate: Partial<ServerResponse>): candidate is ServerResponse {
  return typeof candidate.once === 'function' && typeof candidate.destroy === 'function' && 'headersSent' in candidate;
}
