// A bare `ws` server: reads each message as JSON and acknowledges it; or sends requests and waits for their answers.
import { WebSocketServer } from 'ws';
import { usedMemory } from './used-memory.mjs';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const ACK = JSON.stringify({ status: 200 });
const payload = { text: 'x'.repeat(1000) };
const answers = new Map();
let client;

server.on('connection', (socket) => {
  client = socket;
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.answer === undefined) socket.send(ACK);
    else {
      answers.get(message.answer)?.();
      answers.delete(message.answer);
    }
  });
});

let next = 0;
const request = (object) =>
  new Promise((resolve) => {
    next += 1;
    answers.set(next, resolve);
    client.send(JSON.stringify({ id: next, object }));
  });

const tasks = {
  async publish(milliseconds) {
    const started = performance.now();
    let sent = 0;
    while (performance.now() - started < milliseconds) {
      for (let each = 0; each < 5000; each += 1) client.send(JSON.stringify({ op: 'publish', object: payload }));
      sent += 5000;
      await request({});
    }
    return sent / ((performance.now() - started) / 1000);
  },
  async query(milliseconds, inFlight) {
    const started = performance.now();
    let answered = 0;
    const ask = async () => {
      while (performance.now() - started < milliseconds) {
        await request({ rows: 1 });
        answered += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, ask));
    return answered / ((performance.now() - started) / 1000);
  },
  sessions: () => server.clients.size,
  memory: usedMemory,
};

process.on('message', async ({ task, parameters = [] }) => process.send({ result: await tasks[task](...parameters) }));
server.once('listening', () => process.send({ port: server.address().port }));
