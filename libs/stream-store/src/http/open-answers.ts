import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { endConnection, endedSignal, rawResponseOf } from '@millrace/core/http';

/** An answer under way. */
export interface OpenAnswer {
  /** Aborts when the client has gone or the answer has ended. */
  readonly gone: AbortSignal;
  /** Aborts then, and also when the application ends: nothing more is to be waited for. */
  readonly signal: AbortSignal;
}

/** Answers that wait for news. None keeps an application from ending, however long its client would stay. */
@Injectable()
export class OpenAnswers implements BeforeApplicationShutdown {
  private readonly waiting = new Map<ServerResponse, { over: AbortController; endless: boolean }>();
  private ended = false;

  /**
   * @param response the response object of Express or Fastify
   * @param endless the answer has no end, so its connection is not kept when the application ends
   */
  open(response: object, { endless = false } = {}): OpenAnswer {
    const raw = rawResponseOf(response);
    const gone = endedSignal(response);
    const over = new AbortController();
    if (gone.aborted || this.ended) over.abort();
    else this.waiting.set(raw, { over, endless });
    if (endless && this.ended) endConnection(raw);
    gone.addEventListener('abort', () => {
      this.waiting.delete(raw);
      over.abort();
    });
    return { gone, signal: over.signal };
  }

  beforeApplicationShutdown(): void {
    this.ended = true;
    for (const [response, { over, endless }] of this.waiting) {
      // The server would wait for a client that keeps its connection.
      if (!response.headersSent) response.setHeader('Connection', 'close');
      over.abort();
      if (endless) endConnection(response);
    }
  }
}
