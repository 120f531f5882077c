import { CONNECTIVITY_OPTIONS } from '../../connectivity.options.js';
import { applyCommand } from './apply-command.js';
import { RegistryState } from './registry-state.js';
import { restoreSnapshot, takeSnapshot } from './state-snapshot.js';
import { newRevision, StaleTouchError, touchOf } from './touch.js';

const { limits } = CONNECTIVITY_OPTIONS.read({});
const { maxPartitions, maxConnections } = limits;

it('forgets what expires so late that its grace is over as well: nobody would ask once more', () => {
  const state = new RegistryState('epoch', limits);
  const connections = [{ uid: 'a', uri: 'tcp://host/a', dataType: 'T' }];
  const terms = { ttl: 20, grace: 100, maxPartitions, maxConnections, actor: undefined };
  applyCommand(state, { op: 'publish', partition: 'p', connections, ...terms }, 1000);
  applyCommand(state, { op: 'publish', partition: 'empty', connections: [], ...terms }, 1000);
  applyCommand(state, { op: 'tick' }, 10_000);
  expect([state.size, state.partitions.size, state.nextDue]).toEqual([0, 0, Infinity]);
});

describe('A touch', () => {
  const terms = { ttl: 1000, grace: 100, maxPartitions, maxConnections, actor: undefined };
  const named = (uid: string, uri = 'tcp://x') => ({ uid, uri, dataType: 'T' });
  const publish = (state: RegistryState, time: number, ...connections: ReturnType<typeof named>[]): void =>
    applyCommand(state, { op: 'publish', partition: 'p', connections, ...terms, revision: newRevision() }, time);
  const touch = (state: RegistryState, ...connections: ReturnType<typeof named>[]) =>
    touchOf(state, { partition: 'p', connections, ...terms });

  it('stands for what is known, in one row where it was published together', () => {
    const state = new RegistryState('epoch', limits);
    const many = Array.from({ length: 50 }, (_, index) => named(`c${index}`));
    publish(state, 1000, ...many);
    const command = touch(state, ...many);
    expect(command?.revisions).toHaveLength(1);
    const changes = state.log.head;
    if (command) applyCommand(state, command, 1500);
    expect([...state.partition('p').slots.values()].every(({ expiresAt }) => expiresAt === 2500)).toBe(true);
    expect(state.log.head).toBe(changes);
    for (const other of [named('c1', 'tcp://other'), named('new')]) expect(touch(state, other)).toBeUndefined();
  });

  it('brings back what has expired, as a publication does', () => {
    const state = new RegistryState('epoch', limits);
    publish(state, 1000, named('a'));
    const command = touch(state, named('a'));
    applyCommand(state, { op: 'tick' }, 2050);
    expect(state.partition('p').slots.get('a')?.isLive(2050)).toBe(false);
    if (command) applyCommand(state, command, 2060);
    expect(state.partition('p').slots.get('a')?.isLive(2060)).toBe(true);
  });

  it('does nothing to what others have put in its place, also where a log has lost its last commands', () => {
    const whole = new RegistryState('epoch', limits);
    publish(whole, 1000, named('a'));
    const shortened = restoreSnapshot(takeSnapshot(whole), limits);
    publish(whole, 1010, named('b'));
    publish(shortened, 1010, named('c'));
    const command = touch(whole, named('a'), named('b'));
    expect(command).toBeDefined();
    if (command) expect(() => applyCommand(shortened, command, 1500)).toThrow(StaleTouchError);
    expect([...shortened.partition('p').slots.values()].map(({ expiresAt }) => expiresAt)).toEqual([2000, 2010]);
  });
});
