import { redisApiKeys, redisLoginLimits, redisTokenRevocations, redisUsers } from '@millrace/auth/redis';
import {
  API_KEY_STORE_CONTRACT,
  LOGIN_LIMITS_CONTRACT,
  TOKEN_REVOCATIONS_CONTRACT,
  USER_STORE_CONTRACT,
} from '@millrace/auth/testing';
import { redisRegistry } from '@millrace/connectivity/redis';
import { REGISTRY_CONTRACT } from '@millrace/connectivity/testing';
import { BullMqOutbox } from '@millrace/connector/bullmq';
import { redisSources } from '@millrace/connector/redis';
import {
  DURABLE_OUTBOX_CONTRACT,
  DURABLE_SOURCE_STORE_CONTRACT,
  SOURCE_STORE_CONTRACT,
} from '@millrace/connector/testing';
import { declareContract } from '@millrace/core/contract';
import { sharedRedis } from '@millrace/core/redis';
import { redisStore } from '@millrace/stream-store/redis';
import {
  DURABLE_STREAM_STORE_CONTRACT,
  SHARED_STREAM_STORE_CONTRACT,
  STREAM_STORE_CONTRACT,
} from '@millrace/stream-store/testing';
import type { Cluster, Redis } from 'ioredis';
import type { RedisTopology } from '../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';

describe.each(PLAIN_TOPOLOGIES)('On $topology', ({ start }) => {
  let redis: RedisTopology;
  let connection: Redis | Cluster;
  let made = 0;
  beforeAll(async () => {
    redis = await start();
    connection = redis.connect();
  });
  afterAll(async () => {
    connection.disconnect();
    await redis.stop();
  });

  /** A place that no other case uses. Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
  const place = () => ({ ...redis.way, keyPrefix: `[${(made += 1)}]*:`, commandTimeout: '30s' }) as const;

  declareContract(
    'redisStore: the contract of a stream store',
    { ...STREAM_STORE_CONTRACT, ...DURABLE_STREAM_STORE_CONTRACT, ...SHARED_STREAM_STORE_CONTRACT },
    { create: async () => ({ driver: redisStore(place()) }) },
  );

  declareContract('redisRegistry: the contract of a registry', REGISTRY_CONTRACT, {
    create: async (settings) => redisRegistry(place()).create(settings),
  });

  declareContract('redisApiKeys: the contract of a store of API keys', API_KEY_STORE_CONTRACT, {
    create: async () => {
      const options = place();
      return { store: redisApiKeys(options), again: async () => redisApiKeys(options) };
    },
  });

  declareContract('redisTokenRevocations: the contract of a store of revoked tokens', TOKEN_REVOCATIONS_CONTRACT, {
    create: async () => {
      const options = place();
      return { store: redisTokenRevocations(options), again: async () => redisTokenRevocations(options) };
    },
  });

  declareContract('redisUsers: the contract of a store of users', USER_STORE_CONTRACT, {
    create: async () => {
      const options = place();
      return { store: redisUsers(options), again: async () => redisUsers(options) };
    },
  });

  declareContract('redisLoginLimits: the contract of limits of logins', LOGIN_LIMITS_CONTRACT, {
    create: async () => {
      const options = place();
      return { store: redisLoginLimits(options), again: async () => redisLoginLimits(options) };
    },
  });

  declareContract('redisSources: the contract of a store of sources', SOURCE_STORE_CONTRACT, {
    create: () => redisSources(place()),
  });

  declareContract('redisSources: the contract of a lasting store of sources', DURABLE_SOURCE_STORE_CONTRACT, {
    create: () => {
      const options = place();
      return { store: redisSources(options), again: () => redisSources(options) };
    },
  });

  declareContract('BullMqOutbox: the contract of an outbox', DURABLE_OUTBOX_CONTRACT, {
    open: () => new BullMqOutbox({ redis: sharedRedis(place()) }),
  });

  declareContract('BullMqOutbox on a connection: the contract of an outbox', DURABLE_OUTBOX_CONTRACT, {
    open: () => new BullMqOutbox({ connection }),
  });
});
