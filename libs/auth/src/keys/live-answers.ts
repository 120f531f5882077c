import type { ServerResponse } from 'node:http';
import type { Principal } from '@millrace/core';

interface LiveAnswer {
  readonly principal: Principal;
  readonly response: ServerResponse;
}

/** HTTP answers under way to those who came with an API key: a stream of pictures or events may outlive the key. */
export class LiveAnswers {
  private readonly answers = new Set<LiveAnswer>();

  /** Remembers an answer until it has ended. */
  add(principal: Principal, response: ServerResponse): void {
    const answer = { principal, response };
    this.answers.add(answer);
    response.once('close', () => this.answers.delete(answer));
  }

  /** Ids of the keys by which answers live. */
  get ids(): Set<string> {
    return new Set([...this.answers].map(({ principal }) => principal.subject));
  }

  /** Cuts what has begun to flow by a key. What has not may be the answer to its revocation. */
  cut(id: string): void {
    this.cutIf(({ subject }) => subject === id);
  }

  /** Cuts what flows by keys that have run out. @param now milliseconds since 1970 */
  cutRunOut(now: number): void {
    this.cutIf(({ expiresAt = Infinity }) => expiresAt <= now);
  }

  private cutIf(isOver: (principal: Principal) => boolean): void {
    for (const { principal, response } of this.answers)
      if (response.headersSent && isOver(principal)) response.destroy();
  }
}

/** Node's response behind that of Express or Fastify; undefined when it is none, as in calls of foreign packages. */
export function rawResponseOf(response: unknown): ServerResponse | undefined {
  const candidate = ((response as { raw?: unknown } | null | undefined)?.raw ?? response) as
    Partial<ServerResponse> | null | undefined;
  const isOne = typeof candidate?.once === 'function' && typeof candidate.destroy === 'function';
  return isOne && 'headersSent' in candidate ? (candidate as ServerResponse) : undefined;
}
