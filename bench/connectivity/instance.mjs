// One instance of the registry, which calls itself as it is asked to.
import { redisRegistry } from '@millrace/connectivity/redis';
import { contractSettings } from '@millrace/connectivity/testing';

const [url, partition] = process.argv.slice(2);
const CALLERS = 16;
const NAMES = 20;
const registry = await redisRegistry({ url, commandTimeout: '30s' }).create(
  contractSettings({ ttl: 3_600_000, grace: 60_000, limits: { maxConnections: 500_000 } }),
);
const connections = (caller, change = '') =>
  Array.from({ length: NAMES }, (_, index) => ({
    uid: `DRO-${caller}-${index}-tp_to_trigger`,
    uri: `tcp://192.168.1.${index}:${30_000 + caller}${change}`,
    dataType: 'TPSet',
    connectionType: 1,
  }));
let change = 0;
const CALLS = {
  nothing: undefined,
  publish: (caller) => registry.publish(partition, connections(caller, `/${(change += 1)}`)),
  'keep-alive': (caller) => registry.publish(partition, connections(caller)),
  'look-up': (caller) => registry.lookupJson(partition, { pattern: `DRO-${caller}-1.*`, dataType: 'TPSet' }),
};

async function run({ kind, milliseconds }) {
  const call = CALLS[kind];
  for (let caller = 0; call && caller < CALLERS; caller += 1) await registry.publish(partition, connections(caller));
  const begin = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let calls = 0;
  const loop = async (caller) => {
    while (performance.now() < end) {
      await call(caller);
      calls += 1;
    }
  };
  if (call) await Promise.all(Array.from({ length: CALLERS }, (_, caller) => loop(caller)));
  else await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const { user, system } = process.cpuUsage(begin);
  return { calls, cpu: user + system };
}

process.on('message', (question) => void run(question).then((answer) => process.send(answer)));
process.send('ready');
