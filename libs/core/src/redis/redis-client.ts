import type { Cluster, Redis } from 'ioredis';

/** A connection of ioredis: to one server, to the master of a Sentinel group, or to a cluster. */
export type RedisClient = Redis | Cluster;
