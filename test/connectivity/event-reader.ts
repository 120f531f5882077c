import { get, type IncomingMessage } from 'node:http';

/** One event of a watch. */
export interface WatchEvent {
  type: string;
  index: string;
  partition: string;
  connection?: { uid: string };
  connections?: { uid: string }[];
}

/** Reads server-sent events until it is told to stop. */
export class EventReader {
  readonly events: WatchEvent[] = [];
  readonly ids: string[] = [];
  private response: IncomingMessage | undefined;

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = new EventReader();
    // A connection of its own, so that none is left over in a pool.
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(url, { headers, agent: false }, resolve).on('error', reject),
    );
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    reader.response = response;
    void reader.read(response);
    return reader;
  }

  stop(): void {
    this.response?.destroy();
  }

  private async read(response: IncomingMessage): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const lines = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const data = lines.find((line) => line.startsWith('data: '));
          if (data) this.events.push(JSON.parse(data.slice(6)) as WatchEvent);
          const id = lines.find((line) => line.startsWith('id: '));
          if (id) this.ids.push(id.slice(4));
        }
      }
    } catch {
      // It was stopped, or the server ended.
    }
  }
}

/** `<type> <names>` */
export const brief = ({ type, connection, connections }: WatchEvent): string =>
  `${type} ${connection?.uid ?? connections?.map(({ uid }) => uid).join() ?? ''}`.trim();
