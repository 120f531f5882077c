import {
  type ConnectivityOptions,
  ConnectivityModule,
  memoryRegistry,
  type RegistryDriver,
} from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import type { DynamicModule } from '@nestjs/common';
import {
  HTTP_ADAPTERS,
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
  type StartOptions,
} from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { SOAK } from '../support/soak.js';
import { RegistryClient } from './registry-client.js';

export interface Setup {
  readonly adapter: HttpAdapterName;
  readonly driver: 'memory' | 'redis';
}

/**
 * What every suite of the protocol runs on: memory in `npm test`, Redis in `npm run test:soak`. The drivers are compared by the
 * contract; the suites ask for what HTTP adds.
 */
export const SETUPS: readonly Setup[] = HTTP_ADAPTERS.map((adapter) => ({
  adapter,
  driver: SOAK ? 'redis' : 'memory',
}));

let made = 0;

/** A registry that shares nothing with those of other suites. */
export function driverOf(driver: Setup['driver'], redis: RunningRedis): RegistryDriver {
  if (driver === 'memory') return memoryRegistry();
  made += 1;
  return redisRegistry({ ...redis.way, keyPrefix: `suite-${made}`, commandTimeout: '30s' });
}

type Route = Setup & { readonly way: string; readonly options: ConnectivityOptions };

const USUAL_ROUTES: readonly Route[] = SETUPS.map((setup) => ({ ...setup, way: '', options: {} }));

const ALL_ROUTES: readonly Route[] = [
  ...USUAL_ROUTES,
  ...HTTP_ADAPTERS.map((adapter) => ({
    adapter,
    driver: 'memory' as const,
    way: ' past the framework',
    options: { bypassFramework: true, public: true },
  })),
];

export type StartRegistry = (
  options?: ConnectivityOptions,
  more?: StartOptions & { readonly imports?: readonly DynamicModule[] },
) => Promise<RunningApplication>;

/** What a test of the protocol works with. Read it within the test: it is made before each. */
export interface OnSetup {
  readonly running: RunningApplication;
  readonly client: RegistryClient;
  /** A partition that no other test uses. */
  readonly p: string;
  /** Starts one more application with a registry of its own, on the same set-up. */
  readonly start: StartRegistry;
}

/** Runs a suite of the protocol on every set-up. */
export function describeOnEachSetup(title: string, define: (on: OnSetup) => void): void {
  describeOn(USUAL_ROUTES, title, define);
}

/** Runs it also past the framework of either adapter, where the answers have to be the same. */
export function describeOnEachRoute(title: string, define: (on: OnSetup) => void): void {
  describeOn(ALL_ROUTES, title, define);
}

function describeOn(routes: readonly Route[], title: string, define: (on: OnSetup) => void): void {
  describe(title, () => {
    let redis: RunningRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.stop());

    describe.each(routes)('on $adapter with $driver$way', ({ adapter, driver, options: own }) => {
      const start: StartRegistry = (options = {}, { imports = [], ...more } = {}) => {
        const registry = ConnectivityModule.forRoot({ registry: driverOf(driver, redis), frontPage: true, ...options });
        return startApplication([...imports, registry], { adapter, ...more });
      };
      const on = { start, p: '' } as { -readonly [Key in keyof OnSetup]: OnSetup[Key] };
      let partitions = 0;
      beforeAll(async () => {
        // A busy machine must not make connections expire which a test expects.
        on.running = await start({ ttl: '1h', ...own });
        on.client = new RegistryClient(on.running.url);
      });
      afterAll(() => on.running.close());
      beforeEach(() => {
        partitions += 1;
        on.p = `partition-${partitions}`;
      });
      define(on);
    });
  });
}
