import type { Connection } from '@millrace/protocol';
import { KeptPublication } from './kept-publication.js';

const trigger: Connection = { uid: 'trigger', uri: 'tcp://host:1', dataType: 'T' };

describe('A kept publication', () => {
  let told: string[];
  let publishing: (() => void)[];
  const registry = {
    publish: async (): Promise<void> => {
      told.push('publication sent');
      await new Promise<void>((resolve) => publishing.push(resolve));
      told.push('published');
    },
    retract: async (): Promise<void> => void told.push('retracted'),
  };
  const keep = (interval: number): KeptPublication =>
    new KeptPublication(registry, { partition: 'session', connections: [trigger], interval });
  beforeEach(() => {
    told = [];
    publishing = [];
  });
  const firstSent = async (): Promise<void> => {
    while (publishing.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it.each(['close', 'remove'] as const)('%s retracts behind a publication that is under way', async (end) => {
    const kept = keep(1);
    await firstSent();
    const ended = end === 'close' ? kept.close() : kept.remove('trigger');
    await new Promise((resolve) => setImmediate(resolve));
    publishing[0]?.();
    await ended;
    expect(told.slice(0, 3)).toEqual(['publication sent', 'published', 'retracted']);
    for (const done of publishing) done();
    await kept.close();
  });
});
