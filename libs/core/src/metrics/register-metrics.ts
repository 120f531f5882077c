import { thrownText } from '@millrace/protocol';
import { Logger } from '@nestjs/common';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CounterFamily, GaugeFamily, MetricFamily, Sample, Samples } from '../ops/metric-family.js';
import type { OperationsRegistry } from '../ops/operations-registry.js';

type ReadFamily = Extract<GaugeFamily | CounterFamily, { read(): unknown }>;

/** A metric of prom-client, and the families that it is read from. */
interface Registered {
  readonly metric: Gauge | Counter | Histogram;
  readonly sources: MetricSource[];
}

/**
 * Puts what the modules measure into a registry of prom-client. Values are read when the registry is. Families of one
 * name, of two modules of a kind, become one. One that cannot be read is missing meanwhile, and the log says why.
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
  const sources: MetricSource[] = [];
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
  if ('read' in family) sources.push(new MetricSource(family));
  else if (metric instanceof Histogram) family.subscribe((value, labels) => metric.observe({ ...labels }, value));
  else if (metric instanceof Counter) family.subscribe((value, labels) => metric.inc({ ...labels }, value));
}

async function refresh(metric: Gauge | Counter, sources: readonly MetricSource[]): Promise<void> {
  const writes = await Promise.all(sources.map((source) => source.read(metric)));
  metric.reset();
  for (const write of writes) write();
}

/** What one module says of a metric. Its failure is not that of the others. */
class MetricSource {
  private readonly logger = new Logger('Metrics');
  private failing = false;

  constructor(private readonly family: ReadFamily) {}

  /** Reads the family. @returns writes what was read */
  async read(metric: Gauge | Counter): Promise<() => void> {
    try {
      const samples = toList(await this.family.read());
      return () => this.write(metric, samples);
    } catch (error) {
      return () => this.failed(metric, error);
    }
  }

  private write(metric: Gauge | Counter, samples: readonly Sample[]): void {
    try {
      for (const { labels = {}, value } of samples) {
        if (metric instanceof Gauge) metric.set(labels, value);
        else metric.inc(labels, value);
      }
      this.failing = false;
    } catch (error) {
      this.failed(metric, error);
    }
  }

  private failed(metric: Gauge | Counter, error: unknown): void {
    // A counter of 0 would look like one that began anew.
    if ((this.family.labels ?? []).length === 0) metric.remove();
    // Once for each time of trouble: it is read every few seconds.
    if (!this.failing) this.logger.warn(`The metric ${this.family.name} cannot be read: ${thrownText(error)}`);
    this.failing = true;
  }
}

function toList(samples: Samples): Sample[] {
  if (samples === undefined) return [];
  return typeof samples === 'number' ? [{ value: samples }] : [...samples];
}
