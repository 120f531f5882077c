// Starts the server and load processes and talks to them, one question at a time.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = (name) => new URL(name, import.meta.url);

function nextMessage(child) {
  return new Promise((resolve, reject) => {
    const done = (message) => {
      child.off('exit', failed);
      resolve(message);
    };
    const failed = (code) => {
      child.off('message', done);
      reject(new Error(`A process ended with ${code}`));
    };
    child.once('message', done);
    child.once('exit', failed);
  });
}

export class Server {
  static async start(kind, { execArgv = [] } = {}) {
    const server = new Server();
    server.kind = kind;
    server.directory = mkdtempSync(join(tmpdir(), `bench-${kind}-`));
    server.child = fork(here(`./${kind}-server.mjs`), [server.directory], { execArgv: ['--expose-gc', ...execArgv] });
    server.port = (await nextMessage(server.child)).port;
    return server;
  }

  url(stream, way) {
    return `ws://127.0.0.1:${this.port}/data/${stream}/${way}`;
  }

  async ask(ask, stream) {
    const answered = nextMessage(this.child);
    this.child.send({ ask, stream });
    return (await answered).answer;
  }

  async waitStored(stream, entries) {
    while ((await this.ask('stored', stream)) < entries) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send({ ask: 'close' });
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export class Load {
  static async start() {
    const load = new Load();
    load.child = fork(here('./load.mjs'), []);
    await nextMessage(load.child);
    return load;
  }

  /** @param onStarted called with what a command tells before it is done */
  async run(command, options = {}, onStarted = () => undefined) {
    this.child.send({ command, ...options });
    for (;;) {
      const message = await nextMessage(this.child);
      if (message.error) throw new Error(message.error);
      if (message.result) return message.result;
      onStarted(message);
    }
  }

  stop() {
    this.child.disconnect();
  }
}
