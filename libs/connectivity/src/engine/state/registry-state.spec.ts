import { CONNECTIVITY_OPTIONS } from '../../connectivity.options.js';
import { applyCommand } from './apply-command.js';
import { RegistryState } from './registry-state.js';

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
