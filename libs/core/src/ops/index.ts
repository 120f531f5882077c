export { type HealthReport, type OperationsPart, OperationsRegistry } from './operations-registry.js';
export type {
  CounterFamily,
  GaugeFamily,
  HistogramFamily,
  Labels,
  MetricFamily,
  Sample,
  Samples,
} from './metric-family.js';
