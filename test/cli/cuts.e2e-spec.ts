import { CuttingProxy } from '../support/cutting-proxy.js';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { Millrace, printed } from './support/millrace.js';

const portOf = ({ url }: RunningReference): number => Number(new URL(url).port);

describe('The command millrace through a crash of the server', () => {
  it('goes on with a push and a pull, without a loss and without a repetition', async () => {
    const data = dataDirectory();
    const millrace = new Millrace();
    let server = await startReference(data.path);
    const way = await CuttingProxy.start(portOf(server));
    await millrace.login(way.url);
    // Each attempt waits for as long as the server may take to start.
    const pull = millrace.start(['pull', 'cut', '--after', '0', '--lines', '--timeout', '2m']);
    const push = millrace.start(['push', 'cut', '--lines', '--json', '--timeout', '2m']);
    push.child.stdin.write('before the crash\n');
    await printed(pull, 'before the crash');
    way.target = undefined;
    await server.stop('SIGKILL');
    push.child.stdin.write('while it is away\n');
    const before = way.accepted;
    await waitFor('attempts that are refused', () => way.accepted >= before + 4);
    const starting = startReference(data.path);
    way.target = starting.then(portOf);
    server = await starting;
    await printed(pull, 'while it is away');
    push.child.stdin.end('after the crash\n');
    expect((await push.ended).code).toBe(0);
    await printed(pull, 'after the crash');
    pull.child.kill('SIGINT');
    const { code, stdout } = await pull.ended;
    expect([code, stdout.toString()]).toEqual([130, 'before the crash\nwhile it is away\nafter the crash\n']);
    await way.close();
    await server.stop();
    millrace.remove();
    data.remove();
  });

  it('begins with the newest, and loses nothing in a cut before the first entry', async () => {
    const data = dataDirectory();
    const millrace = new Millrace();
    const server = await startReference(data.path);
    await millrace.login(server.url);
    await millrace.ok(['push', 'newest', '--lines'], { input: '1\n2\n3\n' });
    const way = await CuttingProxy.start(portOf(server));
    await millrace.login(way.url);
    const { stdout } = await millrace.run(['pull', 'newest', '--after', '*', '--count', '2', '--lines']);
    expect(stdout.toString()).toBe('2\n3\n');
    const pull = millrace.start(['pull', 'empty', '--after', '*', '--lines']);
    await waitFor('the cursors', () => way.said.includes('{"cursors":{"empty"'));
    way.target = undefined;
    // Without a reset, which would take back what the command has not read yet.
    for (const socket of way.sockets) if (socket.localPort === way.port) socket.end();
    await waitFor('the cut', () => way.sockets.size === 0);
    const numbers = Array.from({ length: 500 }, (_, index) => `${index}\n`).join('');
    await millrace.ok(['push', 'empty', '--lines', '--endpoint', server.url], { input: numbers });
    way.target = portOf(server);
    await printed(pull, '499');
    pull.child.kill('SIGINT');
    expect((await pull.ended).stdout.toString()).toBe(numbers);
    await way.close();
    await server.stop();
    millrace.remove();
    data.remove();
  });

  it('tells of entries that were gone before they could be pulled', async () => {
    const data = dataDirectory();
    const millrace = new Millrace();
    const server = await startReference(data.path);
    await millrace.login(server.url);
    const numbers = Array.from({ length: 1500 }, (_, index) => `${index}\n`).join('');
    const [first = ''] = (await millrace.ok(['push', 'gap', '--lines', '--json'], { input: '-1\n' })).split('\n');
    const { id } = JSON.parse(first) as { id: string };
    await millrace.ok(['push', 'gap', '--lines'], { input: numbers });
    const { code, stdout, stderr } = await millrace.run(['pull', 'gap', '--after', id, '--no-follow', '--lines']);
    expect([code, stdout.toString().endsWith('\n1499\n')]).toEqual([0, true]);
    expect(stderr).toContain(`warning: entries of gap after ${id} are gone; it goes on at `);
    await server.stop();
    millrace.remove();
    data.remove();
  });
});
