export type { HealthReport } from './health-report.js';
export type {
  CounterFamily,
  GaugeFamily,
  HistogramFamily,
  Labels,
  MetricFamily,
  Sample,
  Samples,
} from './metric-family.js';
export { OperationsRegistry, type OperationsPart } from './operations-registry.js';
