import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoadBalancer } from './load-balancer.js';
import { waitFor } from './waiting.js';

/** A server that answers its name, and to health checks as it is told. */
class Answering {
  checks = 0;
  onCheck: (response: ServerResponse) => void = (response) => response.writeHead(200).end();
  private readonly server: Server;

  constructor(readonly name: string) {
    this.server = createServer((request, response) => {
      if (request.url !== '/health') return void response.setHeader('connection', 'close').end(name);
      this.checks += 1;
      this.onCheck(response);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('The load balancer of the tests', () => {
  const [one, two] = [new Answering('one'), new Answering('two')];
  let balancer: LoadBalancer;
  const asked = async (): Promise<string> => (await fetch(balancer.url, { headers: { connection: 'close' } })).text();
  const checked = async (server: Answering, times: number): Promise<void> => {
    const before = server.checks;
    await waitFor(`${times} checks`, () => server.checks >= before + times);
  };

  beforeAll(async () => {
    const ports = [await one.listen(), await two.listen()];
    balancer = await LoadBalancer.start(ports, 100);
    await waitFor('both', () => ports.every((port) => balancer.isReady(port)));
  });

  afterAll(async () => {
    one.close();
    two.close();
    await balancer.close();
  });

  it('goes on to servers that are slow to answer a health check', async () => {
    one.onCheck = two.onCheck = () => undefined;
    await Promise.all([checked(one, 3), checked(two, 3)]);
    expect([await asked(), await asked()].sort()).toEqual(['one', 'two']);
  });

  it('no longer goes to one that says it ends, while another is slow to answer', async () => {
    one.onCheck = (response) => response.writeHead(503).end();
    await checked(one, 5);
    expect([await asked(), await asked()]).toEqual(['two', 'two']);
  });

  it('no longer goes to one that has ended', async () => {
    one.onCheck = (response) => response.writeHead(200).end();
    await checked(one, 2);
    two.close();
    await waitFor('one alone', async () => (await asked()) === 'one' && (await asked()) === 'one');
  });
});
