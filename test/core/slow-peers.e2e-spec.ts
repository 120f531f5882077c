import { Injectable, Module } from '@nestjs/common';
import { MillraceSocketsModule, type SocketConnection, SocketEndpoint, type SocketHandler } from '@millrace/core';
import { BINARY_FRAME, frameHeader, textFrame } from '@millrace/core/sockets';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { CertificateMaker } from '../support/certificates.js';
import { SocketClient } from '../support/socket-client.js';
import { ThrottlingProxy } from '../support/throttling-proxy.js';
import { waitFor } from '../support/waiting.js';

const MIB = 1024 * 1024;
/** Far more than the buffers of the operating systems between hold. */
const FRAME = Buffer.alloc(40 * MIB);
for (let at = 0; at < FRAME.length; at += 4) FRAME.writeUInt32LE(at, at);
const BEAT = 500;
/** Several beats: the line passes on once in a while only, and later still when the machine is busy. */
const SILENCE = 4 * BEAT;
/** The frame takes several times as long as a peer may be silent. What the operating system holds at the end of the line goes unseen. */
const SLOW = 6 * MIB;

const opened: SocketConnection[] = [];
const received: number[] = [];

@SocketEndpoint({ path: '/large', maxPayload: 2 * FRAME.length })
@Injectable()
class Large implements SocketHandler<void> {
  handshake(): void {
    // Everybody may.
  }

  handleConnection(connection: SocketConnection<void>): void {
    opened.push(connection);
    connection.onMessage((data) => {
      if (data.length > 1) received.push(data.length);
      else
        connection.writeFrames(textFrame('before'), frameHeader(BINARY_FRAME, FRAME.length), FRAME, textFrame('after'));
    });
  }
}

@Module({ imports: [MillraceSocketsModule], providers: [Large] })
class LargeModule {}

describe.each(['plain', 'with TLS'])('A peer on a slow line, %s', (kind) => {
  let certificates: CertificateMaker;
  let running: RunningApplication;
  let line: ThrottlingProxy;
  let client: SocketClient;
  beforeAll(async () => (certificates = await CertificateMaker.create()));
  afterAll(() => certificates.remove());
  beforeEach(async () => {
    const tls = kind === 'plain' ? undefined : await certificates.make();
    running = await startApplication([LargeModule], {
      sockets: { pingInterval: BEAT, pingTimeout: SILENCE },
      ...(tls && { tls }),
    });
    line = await ThrottlingProxy.start(Number(new URL(running.url).port));
    const url = `${new URL(running.wsUrl).protocol}//127.0.0.1:${line.port}/large`;
    client = await SocketClient.open(url, { rejectUnauthorized: false, perMessageDeflate: false });
    received.length = 0;
  });
  afterEach(async () => {
    client.ws.terminate();
    await line.close();
    await running.close();
  });

  it('is sent a large frame to its end, and pings go on behind it', async () => {
    line.rates.down = SLOW;
    client.send('x');
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(({ data, isBinary }) => (isBinary ? data.equals(FRAME) : data.toString()))).toEqual([
      'before',
      true,
      'after',
    ]);
    const end = Date.now() + 2 * SILENCE;
    await waitFor('some heartbeats', () => Date.now() > end);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('may send a large frame', async () => {
    line.rates.up = SLOW;
    client.send(FRAME);
    await waitFor('the frame', () => received[0] === FRAME.length);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('is cut where it stops to take anything in the middle of a frame', async () => {
    const connection = opened.at(-1) as SocketConnection;
    line.rates.down = SLOW;
    client.send('x');
    await waitFor('a part of the frame', () => line.received > 3 * MIB);
    expect(connection.isOpen).toBe(true);
    line.rates.down = 0;
    await waitFor('the cut', () => !connection.isOpen);
  });
});
