import { WebSocket } from 'ws';
import { Repeated } from './repeated.js';

const PAUSE_MS = 50;

/** What came of one pusher: its numbers in the order of their arrival. */
type Numbers = Map<string, number[]>;

/** Follows streams from their beginning by a socket, and by the next one from where it stood where one is closed. */
export class Puller extends Repeated {
  /** Numbers of each pusher since the last gap of its stream. */
  readonly seen: Numbers = new Map();
  /** Numbers of each pusher, those before gaps too. */
  readonly ever = new Map<string, Set<number>>();
  /** Arrivals of a number that had come before, or behind a later one, and no gap between them. */
  disordered: string[] = [];
  /** How often its socket was closed. */
  closed = 0;
  /** Streams with gaps. */
  readonly gaps: string[] = [];
  private readonly cursors: Map<string, string>;
  private socket: WebSocket | undefined;

  constructor(
    streams: readonly string[],
    private readonly wsUrl: string,
  ) {
    super(PAUSE_MS);
    this.cursors = new Map(streams.map((stream) => [stream, '0']));
  }

  protected override finish(): void {
    this.socket?.close();
  }

  /** Pulls until the socket is closed. */
  protected once(): Promise<void> {
    const streams = [...this.cursors.keys()].join('+');
    const after = [...this.cursors.values()].join('+');
    const socket = new WebSocket(`${this.wsUrl}/data/${streams}/pull?gaps=true&last_entry_id=${after}`);
    this.socket = socket;
    let header: [stream: string, id: string, start: number][] = [];
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        const message = JSON.parse(data.toString()) as { gap?: { stream: string } } | typeof header;
        if (Array.isArray(message)) header = message;
        else if (message.gap) this.noteGap(message.gap.stream);
        return;
      }
      header.forEach(([stream, id, start], index) => {
        this.cursors.set(stream, id);
        this.note(stream, JSON.parse(data.subarray(start, header[index + 1]?.[2]).toString()) as [string, number]);
      });
    });
    socket.on('error', () => undefined);
    return new Promise((resolve) => {
      socket.on('close', () => {
        if (!this.ending) this.closed += 1;
        resolve();
      });
    });
  }

  /** The pushers of a stream are named after it. */
  private noteGap(stream: string): void {
    this.gaps.push(stream);
    for (const name of this.seen.keys()) if (name.startsWith(`${stream}:`)) this.seen.delete(name);
  }

  private note(stream: string, [name, number]: [string, number]): void {
    const numbers = this.seen.get(name) ?? [];
    const last = numbers.at(-1) ?? -1;
    if (number <= last) this.disordered.push(`${stream}: ${name} ${number} behind ${last}`);
    numbers.push(number);
    this.seen.set(name, numbers);
    const ever = this.ever.get(name) ?? new Set<number>();
    this.ever.set(name, ever.add(number));
  }
}
