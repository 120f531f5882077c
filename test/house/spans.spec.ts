import { type OptionsDefinition, OptionsError } from '@millrace/core/options';
import { AUTH_OPTIONS } from '../../libs/auth/src/auth.options.js';
import { REDIS_API_KEYS_OPTIONS } from '../../libs/auth/src/stores/redis/redis-auth.options.js';
import { CONNECTIVITY_OPTIONS } from '../../libs/connectivity/src/connectivity.options.js';
import { REDIS_REGISTRY_OPTIONS } from '../../libs/connectivity/src/stores/redis/redis-registry.options.js';
import { CONNECTOR_HUB_OPTIONS } from '../../libs/connector/src/connector-hub.options.js';
import { CONNECTOR_OPTIONS } from '../../libs/connector/src/connector.options.js';
import { MILLRACE_WS_ADAPTER_OPTIONS } from '../../libs/core/src/sockets/millrace-ws-adapter.options.js';
import { RPC_OPTIONS } from '../../libs/rpc/src/rpc.options.js';
import { REDIS_STORE_OPTIONS } from '../../libs/stream-store/src/stores/redis/redis.options.js';
import { STATISTICS_OPTIONS } from '../../libs/core/src/statistics/statistics.options.js';
import { STREAM_STORE_OPTIONS } from '../../libs/stream-store/src/stream-store.options.js';

/** Where 0 is a span of its own, or says "never": each says so in its comment, or needs no word. */
const FROM_ZERO = [
  'jwt.clockTolerance',
  'ttl',
  'grace',
  'watcherTimeout',
  'reclaimWait',
  'refusalDelay',
  'maxRefusalDelay',
  'revalidateInterval',
  'pingInterval',
  'resetBackoffAfter',
  'probe.grace',
  'drainTimeout',
  'shutdownDelay',
  'shutdownTimeout',
  'progressInterval',
];

const DEFINITIONS: readonly Pick<OptionsDefinition, 'name' | 'read' | 'rows'>[] = [
  AUTH_OPTIONS,
  REDIS_API_KEYS_OPTIONS,
  CONNECTIVITY_OPTIONS,
  REDIS_REGISTRY_OPTIONS,
  CONNECTOR_HUB_OPTIONS,
  CONNECTOR_OPTIONS,
  MILLRACE_WS_ADAPTER_OPTIONS,
  RPC_OPTIONS,
  REDIS_STORE_OPTIONS,
  STATISTICS_OPTIONS,
  STREAM_STORE_OPTIONS,
];

type Definition = (typeof DEFINITIONS)[number];

function read({ name, read: readOptions }: Definition, path: readonly string[], value: unknown): unknown {
  const option = path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
  return readOptions({ ...(name.startsWith('redis') && { url: 'redis://127.0.0.1' }), ...(option as object) });
}

function faultOf(definition: Definition, path: readonly string[], value: unknown): string | undefined {
  try {
    read(definition, path, value);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as OptionsError).message;
  }
}

const SPANS = DEFINITIONS.flatMap((definition) =>
  definition
    .rows()
    .filter(({ path }) => faultOf(definition, path, 'no span')?.includes('give milliseconds'))
    .map(({ path }) => ({ definition, path, name: `${definition.name}: ${path.join('.')}` })),
);

it('There are some tens of options that are time spans', () => expect(SPANS.length).toBeGreaterThan(30));

describe.each(SPANS)('The option $name', ({ definition, path }) => {
  it.each([-1, -0.5, NaN, Infinity, -Infinity, '', '1e3', '-5s', 'Infinity', `${'9'.repeat(400)}d`, null, true])(
    'refuses %p and names itself',
    (value) => expect(faultOf(definition, path, value)).toContain(`option "${path.join('.')}"`),
  );

  it.each([1000.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e300, '40d', '1.5h'])('takes %p as it is', (value) => {
    const settings = path.reduce<unknown>(
      (inner, step) => (inner as Record<string, unknown>)[step],
      read(definition, path, value),
    );
    expect(settings).toBe(value === '40d' ? 40 * 86_400_000 : value === '1.5h' ? 5_400_000 : value);
  });

  it('takes 0 only where that does not end everything at once', () => {
    const fault = faultOf(definition, path, 0);
    if (FROM_ZERO.includes(path.join('.'))) expect(fault).toBeUndefined();
    else expect(fault).toMatch(/must be (above 0|1 second or more)/);
  });
});
