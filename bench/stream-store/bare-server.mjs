// The reference: `ws` and LMDB joined by hand. No Nest, no tokens, no retention, no checks of what a client sends.
import { createServer } from 'node:http';
import { open } from 'lmdb';
import { WebSocketServer } from 'ws';
import { serveRunner } from './serve-runner.mjs';

const [, , directory] = process.argv;
const root = open({ path: directory, overlappingSync: false, maxDbs: 1, mapSize: 8 * 2 ** 30 });
const db = root.openDB('entries', { encoding: 'binary' });
const IN_FLIGHT = 16 * 2 ** 20;
const BUFFERED = 2 ** 20;
const PULL_LIMIT = 16 * 2 ** 20;

const streams = new Map();
const stateOf = (name) => {
  let state = streams.get(name);
  if (!state) streams.set(name, (state = { ms: 0, seq: 0, stored: 0, followers: new Set(), waiting: [] }));
  return state;
};

function nextKey(name, state) {
  const now = Date.now();
  if (now > state.ms) {
    state.ms = now;
    state.seq = 0;
  } else state.seq += 1;
  return [name, state.ms, state.seq];
}

const header = (kind, length) => {
  if (length < 126) return Buffer.from([kind, length]);
  if (length < 65_536) return Buffer.from([kind, 126, length >> 8, length & 255]);
  const bytes = Buffer.alloc(10);
  bytes[0] = kind;
  bytes[1] = 127;
  bytes.writeUIntBE(length, 4, 6);
  return bytes;
};

function pairOf(name, entries) {
  let at = 0;
  const items = entries.map(({ id, data }) => {
    const item = [name, id, at];
    at += data.length;
    return item;
  });
  const text = Buffer.from(JSON.stringify(items));
  return Buffer.concat([header(0x81, text.length), text, header(0x82, at), ...entries.map(({ data }) => data)]);
}

function push(ws, name, { ack, batch }) {
  const state = stateOf(name);
  let inFlight = 0;
  let collected = [];
  let head;
  const flush = async () => {
    const frames = collected;
    collected = [];
    const entries = [];
    let last;
    let bytes = 0;
    for (const { data, offsets } of frames) {
      bytes += data.length;
      const starts = offsets ?? [0];
      for (let index = 0; index < starts.length; index += 1) {
        const piece = data.subarray(starts[index], starts[index + 1] ?? data.length);
        const key = nextKey(name, state);
        last = db.put(key, piece);
        if (ack || state.followers.size > 0) entries.push({ id: `${key[1]}-${key[2]}`, data: piece });
        state.pending = (state.pending ?? 0) + 1;
      }
    }
    await last;
    state.stored += frames.reduce((sum, { offsets }) => sum + (offsets?.length ?? 1), 0);
    inFlight -= bytes;
    if (ws.isPaused && inFlight < IN_FLIGHT / 2) ws.resume();
    if (ack) {
      ws._socket.cork();
      for (const { id } of entries) ws.send(id);
      ws._socket.uncork();
    }
    if (state.followers.size > 0) {
      const pairs = entries.map((entry) => pairOf(name, [entry]));
      for (const follower of state.followers) {
        follower.cork();
        for (const pair of pairs) follower.write(pair);
        follower.uncork();
      }
    }
  };
  ws.on('message', (data, isBinary) => {
    if (batch && !isBinary) {
      head = JSON.parse(data.toString());
      return;
    }
    inFlight += data.length;
    if (inFlight > IN_FLIGHT) ws.pause();
    if (collected.push({ data, offsets: head }) === 1) setImmediate(flush);
    head = undefined;
  });
}

async function pull(ws, name, { count, from }) {
  const state = stateOf(name);
  const socket = ws._socket;
  if (from === '$') {
    state.followers.add(socket);
    ws.on('close', () => state.followers.delete(socket));
    return;
  }
  let cursor = [name, 0, 0];
  while (ws.readyState === ws.OPEN) {
    if (ws.bufferedAmount > BUFFERED) {
      await new Promise((resolve) => {
        socket.once('drain', resolve);
        socket.once('close', resolve);
      });
      continue;
    }
    const entries = [];
    let bytes = 0;
    for (const { key, value } of db.getRange({ start: cursor, end: [name, Infinity], limit: 513 })) {
      if (key[1] === cursor[1] && key[2] === cursor[2]) continue;
      bytes += value.length;
      if (bytes > PULL_LIMIT && entries.length > 0) break;
      entries.push({ id: `${key[1]}-${key[2]}`, data: value });
      cursor = key;
      if (entries.length === 512) break;
    }
    if (entries.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    socket.cork();
    for (let at = 0; at < entries.length; at += count) socket.write(pairOf(name, entries.slice(at, at + count)));
    process.nextTick(() => socket.uncork());
    await new Promise(setImmediate);
  }
}

const http = createServer();
const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: 2 ** 24,
});
http.on('upgrade', (request, socket, head) => {
  server.handleUpgrade(request, socket, head, (ws) => {
    const { pathname, searchParams: query } = new URL(request.url, 'ws://localhost');
    const [, , name, way] = pathname.split('/');
    ws.on('error', () => undefined);
    if (way === 'push') push(ws, name, { ack: query.get('ack') === 'true', batch: query.get('batch') === 'true' });
    else void pull(ws, name, { count: Number(query.get('count') ?? 1), from: query.get('last_entry_id') ?? '$' });
  });
});
http.listen(0, '127.0.0.1', () =>
  serveRunner(http.address().port, { stored: (name) => stateOf(name).stored, close: () => root.close() }),
);
