import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { endConnection, endedSignal, rawResponseOf } from '@millrace/core/http';
import { Shutdown } from '@millrace/core/shutdown';

/** An answer under way. */
export interface OpenAnswer {
  /** Aborts when the client has gone or the answer has ended. */
  readonly gone: AbortSignal;
  /** Aborts then, and also when the application ends: nothing more is to be waited for. */
  readonly signal: AbortSignal;
  /** Resolves in a later turn of the event loop that no other answer gets: to be awaited before work that takes a while. */
  turn(): Promise<void>;
}

/** Answers that wait for news. None keeps an application from ending, however long its client would stay. */
@Injectable()
export class OpenAnswers {
  private readonly waiting = new Map<ServerResponse, { over: AbortController; endless: boolean }>();
  private ended = false;
  private lastTurn: Promise<void> = Promise.resolve();

  constructor(private readonly shutdown: Shutdown) {
    shutdown.add({ name: 'open answers', end: () => this.end() });
  }

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
    return { gone, signal: over.signal, turn: () => this.turn() };
  }

  /** Immediates that wait at the same time all run in one turn of the event loop, so they are made one after the other. */
  private turn(): Promise<void> {
    return (this.lastTurn = this.lastTurn.then(() => setImmediate()));
  }

  private async end(): Promise<void> {
    this.ended = true;
    await Promise.all(
      [...this.waiting].map(async ([response, { over, endless }]) => {
        await this.shutdown.turn();
        over.abort();
        if (endless) endConnection(response);
      }),
    );
  }
}
