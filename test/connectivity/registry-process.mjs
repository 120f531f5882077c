// An instance of the registry in a process of its own: calls a method for each message, and answers with names or the error.
import { redisRegistry } from '@millrace/connectivity/redis';
import { contractSettings } from '@millrace/connectivity/testing';

const options = { ...JSON.parse(process.argv[2]), snapshotEvery: 5, idleTimeout: '1s', commandTimeout: '30s' };
const registry = await redisRegistry(options).create(contractSettings({ ttl: 3_600_000, grace: 3_600_000 }));

process.on('message', ({ id, method, values }) => {
  registry[method](...values).then(
    (found) => process.send({ id, names: Array.isArray(found) ? found.map(({ uid, name }) => uid ?? name) : [] }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.send('ready');
