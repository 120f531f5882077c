import { InboundMessages } from './inbound-messages.js';

describe('InboundMessages', () => {
  const make = () => {
    const handled: string[] = [];
    const calls: string[] = [];
    const failures: unknown[] = [];
    const target = {
      isEnded: false,
      handle: (data: Buffer) => void handled.push(data.toString()),
      failed: (error: unknown) => void failures.push(error),
    };
    const gate = {
      hold: () => void calls.push('hold'),
      release: () => void calls.push('release'),
      taken: () => Promise.resolve(),
    };
    return { target, handled, calls, failures, inbound: new InboundMessages(target, gate) };
  };
  const step = () => {
    let end = (): void => undefined;
    const promise = new Promise<void>((resolve) => (end = resolve));
    return { end, promise };
  };
  const turn = (): Promise<void> => new Promise(setImmediate);

  it('hands messages on at once, and those that come during a step after it, in their order', async () => {
    const { inbound, handled } = make();
    const { promise, end } = step();
    inbound.receive(Buffer.from('1'));
    inbound.during(() => promise);
    inbound.receive(Buffer.from('2'));
    inbound.receive(Buffer.from('3'));
    expect(handled).toEqual(['1']);
    end();
    await turn();
    expect(handled).toEqual(['1', '2', '3']);
  });

  it('keeps the rest when one of them begins the next step', async () => {
    const { inbound, target, handled } = make();
    const [first, second] = [step(), step()];
    target.handle = (data) => {
      handled.push(data.toString());
      if (data.toString() === '1') inbound.during(() => second.promise);
    };
    inbound.during(() => first.promise);
    for (const text of ['1', '2']) inbound.receive(Buffer.from(text));
    first.end();
    await turn();
    expect(handled).toEqual(['1']);
    second.end();
    await turn();
    expect(handled).toEqual(['1', '2']);
  });

  it.each([
    ['64 messages', 64, 1],
    ['1 MiB', 2, 512 * 1024],
  ])('stops reading at %s, and reads on after the step', async (_what, count, bytes) => {
    const { inbound, calls } = make();
    const { promise, end } = step();
    inbound.during(() => promise);
    for (let each = 1; each < count; each += 1) inbound.receive(Buffer.alloc(bytes));
    expect(calls).toEqual([]);
    inbound.receive(Buffer.alloc(bytes));
    expect(calls).toEqual(['hold']);
    end();
    await turn();
    expect(calls).toEqual(['hold', 'release']);
  });

  it('reports a step that fails, and handles nothing after the end', async () => {
    const { inbound, target, handled, failures } = make();
    inbound.during(() => Promise.reject(new Error('out of order')));
    inbound.receive(Buffer.from('1'));
    target.isEnded = true;
    await turn();
    expect(failures).toEqual([new Error('out of order')]);
    expect(handled).toEqual([]);
  });
});
