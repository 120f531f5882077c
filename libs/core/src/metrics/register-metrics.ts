import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CounterFamily, GaugeFamily, MetricFamily, Sample, Samples } from '../ops/metric-family.js';
import type { OperationsRegistry } from '../ops/operations-registry.js';

type ReadFamily = Extract<GaugeFamily | CounterFamily, { read(): unknown }>;

/** A metric of prom-client, and the families that it is read from. */
interface Registered {
  readonly metric: Gauge | Counter | Histogram;
  readonly sources: ReadFamily[];
}

/**
 * Puts what the modules measure into a registry of prom-client. Values are read when the registry is. Families of one
 * name, of two modules of a kind, become one.
 *
 * @publicApi
 */
export function registerMetrics(operations: OperationsRegistry, registry: Registry): void {
  const known = new Map<string, Registered>();
  operations.forEach(({ metrics = [] }) => {
    for (const family of metrics) {
      const registered = known.get(family.name) ?? register(registry, family);
      known.set(family.name, registered);
      connect(family, registered);
    }
  });
}

function register(registry: Registry, family: MetricFamily): Registered {
  const { name, help, labels = [] } = family;
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  const sources: ReadFamily[] = [];
  const collect = function (this: Gauge | Counter): Promise<void> {
    return refresh(this, sources);
  };
  if (family.type === 'histogram') {
    return { metric: new Histogram({ ...common, buckets: [...family.buckets] }), sources };
  }
  if (family.type === 'gauge') return { metric: new Gauge({ ...common, collect }), sources };
  return { metric: new Counter('read' in family ? { ...common, collect } : common), sources };
}

function connect(family: MetricFamily, { metric, sources }: Registered): void {
  if ('read' in family) sources.push(family);
  else if (metric instanceof Histogram) family.subscribe((value, labels) => metric.observe({ ...labels }, value));
  else if (metric instanceof Counter) family.subscribe((value, labels) => metric.inc({ ...labels }, value));
}

async function refresh(metric: Gauge | Counter, sources: readonly ReadFamily[]): Promise<void> {
  const read = await Promise.all(sources.map(async (family) => toList(await family.read())));
  metric.reset();
  for (const { labels = {}, value } of read.flat()) {
    if (metric instanceof Gauge) metric.set(labels, value);
    else metric.inc(labels, value);
  }
}

function toList(samples: Samples): Sample[] {
  if (samples === undefined) return [];
  return typeof samples === 'number' ? [{ value: samples }] : [...samples];
}
