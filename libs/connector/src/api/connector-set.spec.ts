import { MemoryOutbox } from '../client/outbox/memory-outbox.js';
import { Outbox, type OutboxQueue } from './outbox.port.js';
import { ConnectorSet } from './connector-set.js';

/** Opens the queues of some sources, and says which it closed. */
class FailingOutbox extends Outbox {
  readonly closed: string[] = [];

  open(source: string): OutboxQueue {
    if (source === 'c') throw new Error('No room for c');
    const queue = new MemoryOutbox().open();
    queue.close = () => void this.closed.push(source);
    return queue;
  }
}

describe('A connector set', () => {
  it('that cannot open the outbox of one source closes those of the others', async () => {
    const driver = new FailingOutbox();
    await expect(
      ConnectorSet.create({
        targetServer: 'http://localhost:1',
        authToken: 'token',
        sources: ['a', 'b', 'c', 'd'],
        outbox: { driver },
      }),
    ).rejects.toThrow('No room for c');
    expect(driver.closed).toEqual(['a', 'b']);
  });
});
