import { Injectable, Module } from '@nestjs/common';
import { MillraceSocketsModule, type SocketConnection, SocketEndpoint, type SocketHandler } from '@millrace/core';
import { WebSocket } from 'ws';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

/** Far more than the buffers of the operating systems between hold. */
const PINGS = 300_000;
const PAYLOAD_BYTES = 125;
/** A masked ping: two bytes of header, four of mask. */
const FRAME_BYTES = PAYLOAD_BYTES + 6;

const opened: SocketConnection[] = [];

@SocketEndpoint({ path: '/pinged' })
@Injectable()
class Pinged implements SocketHandler<void> {
  handshake(): void {
    // Everybody may.
  }

  handleConnection(connection: SocketConnection<void>): void {
    opened.push(connection);
  }
}

@Module({ imports: [MillraceSocketsModule], providers: [Pinged] })
class PingedModule {}

describe('Pings of a client', () => {
  let running: RunningApplication;
  let client: WebSocket;
  let connection: SocketConnection;
  const pongs: string[] = [];
  beforeEach(async () => {
    running = await startApplication([PingedModule]);
    pongs.length = 0;
    client = new WebSocket(`${running.wsUrl}/pinged`);
    client.on('pong', (payload) => pongs.push(payload.toString().trim()));
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    connection = opened.at(-1) as SocketConnection;
  });
  afterEach(async () => {
    client.terminate();
    await running.close();
  });
  const ping = (number: number): void => client.ping(String(number).padEnd(PAYLOAD_BYTES));

  it('are answered with what they carry', async () => {
    for (const number of [1, 2, 3]) {
      ping(number);
      await waitFor('the pong', () => pongs.length === number);
    }
    expect(pongs).toEqual(['1', '2', '3']);
  });

  it('cost one pong while the client reads none, and the newest is answered when it reads again', async () => {
    client.pause();
    let most = 0;
    for (let number = 1; number <= PINGS; number += 1) {
      ping(number);
      if (number % 1000 > 0) continue;
      await waitFor('the server to read', () => connection.bytesRead >= number * FRAME_BYTES, { pause: 0 });
      most = Math.max(most, connection.bufferedBytes);
    }
    expect(most).toBeLessThan(10 * FRAME_BYTES);
    client.resume();
    await waitFor('the last pong', () => pongs.at(-1) === String(PINGS));
    // Unread pongs would have been kept in order and in full.
    expect(pongs.length).toBeLessThan(PINGS);
  }, 120_000);
});
