import type { StreamPusher } from '@millrace/client/browser';
import { server } from '../../../app/servers.js';

/** Bytes of one entry, at the most: servers take messages of 16 MiB. */
export const LARGEST_ENTRY = 16 * 1024 * 1024;

/** Sends entries to one stream. Its connection is made with the first one, and anew after one that was refused. */
export class Publisher {
  private pusher: StreamPusher | undefined;

  constructor(private readonly stream: string) {}

  /** @returns the ID, once it is stored @throws what the server refuses it with */
  async send(data: Uint8Array): Promise<string> {
    const pusher = (this.pusher ??= server('streams').streams.push(this.stream));
    try {
      return await pusher.send(data, { timeout: '30s' });
    } catch (error) {
      if (this.pusher === pusher) this.close();
      throw error;
    }
  }

  close(): void {
    // What failed was told to those who sent it.
    void this.pusher?.close().catch(() => undefined);
    this.pusher = undefined;
  }
}
