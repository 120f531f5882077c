import { Injectable } from '@nestjs/common';

/** Clients of one stream. */
interface Clients {
  readonly readers: number;
  readonly writers: number;
}

/** One client, and the streams that it has open. */
export interface StreamClient {
  /** Counts it with a further stream; with one that it has, nothing changes. */
  add(stream: string): void;
  /** Counts it no more. */
  leave(): void;
}

const NOBODY: Clients = Object.freeze({ readers: 0, writers: 0 });

/** Who has each stream open on this instance: pull sockets, readers of events and pictures, push sockets. */
@Injectable()
export class StreamClients {
  private readonly streams = new Map<string, { readers: number; writers: number }>();

  of(stream: string): Clients {
    return this.streams.get(stream) ?? NOBODY;
  }

  /** Counts a client until it leaves. */
  join(as: keyof Clients, streams: readonly string[]): StreamClient {
    const names = new Set<string>();
    let hasLeft = false;
    const client: StreamClient = {
      add: (stream) => {
        if (hasLeft || names.has(stream)) return;
        names.add(stream);
        this.count(as, stream, 1);
      },
      leave: () => {
        hasLeft = true;
        for (const stream of names) this.count(as, stream, -1);
        names.clear();
      },
    };
    for (const stream of streams) client.add(stream);
    return client;
  }

  /** Counts a reader until a signal aborts. */
  readUntil(signal: AbortSignal, streams: readonly string[]): void {
    if (signal.aborted) return;
    const reader = this.join('readers', streams);
    signal.addEventListener('abort', () => reader.leave(), { once: true });
  }

  private count(as: keyof Clients, stream: string, by: number): void {
    const clients = this.streams.get(stream) ?? { ...NOBODY };
    clients[as] += by;
    if (clients.readers + clients.writers > 0) this.streams.set(stream, clients);
    else this.streams.delete(stream);
  }
}
