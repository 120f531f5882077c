import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CounterFamily, GaugeFamily, MetricFamily, Sample, Samples } from '../ops/metric-family.js';
import type { OperationsRegistry } from '../ops/operations-registry.js';

type ReadFamily = Extract<GaugeFamily | CounterFamily, { read(): unknown }>;

/**
 * Puts what the modules measure into a registry of prom-client. Values are read when the registry is. Families of one
 * name, of two modules of a kind, become one.
 *
 * @publicApi
 */
export function registerMetrics(operations: OperationsRegistry, registry: Registry): void {
  const known = new Map<string, MetricFamily[]>();
  operations.forEach(({ metrics = [] }) => {
    for (const family of metrics) {
      const same = known.get(family.name);
      if (same) join(registry, same, family);
      else known.set(family.name, [family]);
      if (!same) register(registry, family, () => known.get(family.name) as ReadFamily[]);
    }
  });
}

function register(registry: Registry, family: MetricFamily, all: () => readonly ReadFamily[]): void {
  const { name, help, labels = [] } = family;
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  if (family.type === 'histogram') {
    const histogram = new Histogram({ ...common, buckets: [...family.buckets] });
    family.subscribe((value, values) => histogram.observe({ ...values }, value));
  } else if ('subscribe' in family) {
    const counter = new Counter(common);
    family.subscribe((value, values) => counter.inc({ ...values }, value));
  } else if (family.type === 'gauge') {
    new Gauge({
      ...common,
      async collect() {
        const samples = await readAll(all());
        this.reset();
        for (const { labels: values = {}, value } of samples) this.set(values, value);
      },
    });
  } else {
    new Counter({
      ...common,
      async collect() {
        const samples = await readAll(all());
        this.reset();
        for (const { labels: values = {}, value } of samples) this.inc(values, value);
      },
    });
  }
}

/** Adds a further family of a name that is registered already. */
function join(registry: Registry, same: MetricFamily[], family: MetricFamily): void {
  const metric = registry.getSingleMetric(family.name);
  if (family.type === 'histogram' && metric instanceof Histogram) {
    family.subscribe((value, values) => metric.observe({ ...values }, value));
  } else if ('subscribe' in family && metric instanceof Counter) {
    family.subscribe((value, values) => metric.inc({ ...values }, value));
  } else same.push(family);
}

async function readAll(families: readonly ReadFamily[]): Promise<Sample[]> {
  const read = await Promise.all(families.map(async (family) => toList(await family.read())));
  return read.flat();
}

function toList(samples: Samples): Sample[] {
  if (samples === undefined) return [];
  return typeof samples === 'number' ? [{ value: samples }] : [...samples];
}
