// 1,000,000 publications of changing names: after their end and the grace, memory is back where it began.
//
//   npx tsc -b && node --expose-gc bench/connectivity/memory.mjs [publications]
import { memoryRegistry } from '@millrace/connectivity';
import { contractSettings } from '@millrace/connectivity/testing';

const publications = Number(process.argv[2] ?? 1_000_000);
const limits = { maxConnections: 10_000_000, maxPartitions: 1_000_000, maxReplyCacheBytes: 1024 * 1024 };
const registry = await memoryRegistry().create(contractSettings({ ttl: 200, grace: 300, limits }));

const heap = () => {
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed / 1024 / 1024).toFixed(1);
};
const publish = async (count, head) => {
  for (let index = 0; index < count; index += 1) {
    const partition = `partition-${head}-${index % 100}`;
    await registry.publish(partition, [
      { uid: `${head}-name-${index}`, uri: 'tcp://host:1', dataType: `T${index % 50}` },
    ]);
    if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
};
const settled = async () => {
  while ((await registry.statistics()).connections > 0) await new Promise((resolve) => setTimeout(resolve, 100));
};

// The history of changes has a bound of its own; it is filled before the base is taken.
await publish(5000, 'warm');
await settled();
const base = heap();
const started = performance.now();
await publish(publications, 'run');
const peak = (process.memoryUsage().heapUsed / 1024 / 1024).toFixed(1);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
await settled();
const { partitions, connections } = await registry.statistics();
console.log(
  `${publications} publications in ${seconds} s; heap: base ${base} MiB, at the end ${peak} MiB, after expiry ${heap()} MiB`,
);
console.log(`left: ${partitions} partitions, ${connections} connections`);
await registry.close();
