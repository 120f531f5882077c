// The load client: a process of its own that the runner sends one command at a time.
import { binaryFrame, RawSocket, textFrame } from './raw-socket.mjs';

const CHUNK = 256 * 1024;
const open = (url, count) => Promise.all(Array.from({ length: count }, () => RawSocket.open(url)));
const destroyAll = (sockets) => sockets.forEach((socket) => socket.destroy());
const until = (sockets, done) =>
  new Promise((resolve, reject) => {
    const look = () => {
      if (sockets.some(({ closed }) => closed)) reject(new Error('A socket was closed under load'));
      if (done()) resolve();
    };
    for (const socket of sockets) socket.onProgress = look;
    look();
  });

function batchOf(size, entries) {
  const header = Array.from({ length: entries }, (_, index) => index * size);
  return Buffer.concat([textFrame(JSON.stringify(header)), binaryFrame(Buffer.alloc(size * entries, 7))]);
}

/** The same frame many times over, in pieces that fill the pipe. */
async function repeat(socket, frame, times) {
  const per = Math.max(1, Math.min(times, Math.floor(CHUNK / frame.length)));
  const chunk = Buffer.concat(Array.from({ length: per }, () => frame));
  let left = times;
  for (; left >= per; left -= per) await socket.write(chunk);
  if (left > 0) await socket.write(chunk.subarray(0, left * frame.length));
}

let kept = [];

const commands = {
  /** Sends frames as fast as they are taken; the runner sees when they are stored. */
  async push({ url, connections, size, entries, batch }) {
    const sockets = await open(batch ? `${url}?batch=true` : url, connections);
    kept.push(...sockets);
    const frame = batch ? batchOf(size, batch) : binaryFrame(Buffer.alloc(size, 7));
    const messages = Math.ceil(entries / (batch ?? 1) / connections);
    process.send({
      started: performance.timeOrigin + performance.now(),
      stored: messages * (batch ?? 1) * connections,
    });
    await Promise.all(sockets.map((socket) => repeat(socket, frame, messages)));
  },

  /** One frame under way on each connection; answers acks a second. */
  async acked({ url, connections, size, seconds }) {
    const sockets = await open(`${url}?ack=true`, connections);
    const frame = binaryFrame(Buffer.alloc(size, 7));
    let acks = 0;
    let running = true;
    for (const socket of sockets) {
      socket.onFrame = () => {
        acks += 1;
        if (running) socket.socket.write(frame);
      };
      socket.socket.write(frame);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = acks;
    const from = performance.now();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const rate = ((acks - before) / (performance.now() - from)) * 1000;
    running = false;
    destroyAll(sockets);
    return { rate, acks };
  },

  /** Reads a backlog from its beginning; answers entries a second. */
  async pull({ url, count, size, entries }) {
    const from = performance.now();
    const socket = await RawSocket.open(`${url}?last_entry_id=0&count=${count}`);
    await until([socket], () => socket.bytes >= entries * size);
    const rate = (entries / (performance.now() - from)) * 1000;
    if (socket.bytes !== entries * size) throw new Error('More came than was there');
    // A pair may hold fewer than it may, at the end of what was read at once.
    if (socket.texts < Math.ceil(entries / count) || socket.texts > (1.5 * entries) / count + 1)
      throw new Error(`${socket.texts} pairs for ${entries} entries`);
    destroyAll([socket]);
    return { rate };
  },

  /** One pusher, many pullers; the pusher stays a little ahead of the pullers. Answers deliveries a second. */
  async fanOut({ pushUrl, pullUrl, pullers, size, entries }) {
    const sockets = await open(pullUrl, pullers);
    const pusher = await RawSocket.open(pushUrl);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const frame = binaryFrame(Buffer.alloc(size, 7));
    const from = performance.now();
    const step = 250;
    const slowest = () => sockets.reduce((least, { binaries }) => Math.min(least, binaries), Infinity);
    for (let sent = 0; sent < entries; sent += step) {
      await repeat(pusher, frame, step);
      await until(sockets, () => slowest() >= sent - 2 * step);
    }
    await until(sockets, () => slowest() >= entries);
    const rate = ((entries * pullers) / (performance.now() - from)) * 1000;
    destroyAll([...sockets, pusher]);
    return { rate };
  },

  /** Time from push to pull in milliseconds at a steady rate. `slow` pullers more never read. */
  async latency({ pushUrl, pullUrl, size, perSecond, seconds, pullers = 1, slow = 0 }) {
    const sockets = await open(pullUrl, pullers);
    const pusher = await RawSocket.open(pushUrl);
    const extra = await open(`${pullUrl}?last_entry_id=0&count=100`, slow);
    for (const socket of extra) socket.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const samples = [];
    for (const socket of sockets) {
      socket.onFrame = (payload, isBinary) => {
        if (isBinary) samples.push(performance.now() - payload.readDoubleLE(0));
      };
    }
    const payload = Buffer.alloc(size, 7);
    const total = perSecond * seconds;
    const from = performance.now();
    let sent = 0;
    await new Promise((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(total, Math.floor(((performance.now() - from) * perSecond) / 1000));
        for (; sent < due; sent += 1) {
          payload.writeDoubleLE(performance.now(), 0);
          pusher.socket.write(binaryFrame(payload));
        }
        if (sent < total) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    await until(sockets, () => samples.length >= total * pullers);
    destroyAll([...sockets, ...extra, pusher]);
    samples.sort((a, b) => a - b);
    const at = (share) => samples[Math.floor(samples.length * share)];
    return { p50: at(0.5), p99: at(0.99), max: samples.at(-1) };
  },

  async idle({ url, pullers }) {
    for (let opened = 0; opened < pullers; opened += 100) kept.push(...(await open(url, 100)));
  },

  /** Closes what a command left open. */
  async release() {
    destroyAll(kept);
    kept = [];
  },
};

process.on('message', ({ command, ...options }) => {
  commands[command](options).then(
    (result) => process.send({ result: result ?? {} }),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
process.send({ ready: true });
