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
  private readonly waiting = new Map<ServerResponse, AbortController>();
  private readonly endless = new Set<ServerResponse>();
  private ended = false;

  /** @param response the response object of Express or Fastify */
  open(response: object): OpenAnswer {
    const raw = rawResponseOf(response);
    const gone = endedSignal(response);
    const over = new AbortController();
    if (gone.aborted || this.ended) over.abort();
    else this.waiting.set(raw, over);
    gone.addEventListener('abort', () => {
      this.waiting.delete(raw);
      over.abort();
    });
    return { gone, signal: over.signal };
  }

  /** The same for an answer without an end, whose connection is not kept when the application ends. */
  openEndless(response: object): OpenAnswer {
    const raw = rawResponseOf(response);
    this.endless.add(raw);
    raw.once('close', () => this.endless.delete(raw));
    if (this.ended) endConnection(raw);
    return this.open(response);
  }

  beforeApplicationShutdown(): void {
    this.ended = true;
    for (const [response, over] of this.waiting) {
      // The server would wait for a client that keeps its connection.
      if (!response.headersSent) response.setHeader('Connection', 'close');
      over.abort();
    }
    for (const response of this.endless) endConnection(response);
  }
}
