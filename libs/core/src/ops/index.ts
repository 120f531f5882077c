export { type HealthReport, type OperationsPart, OperationsRegistry } from './operations-registry.js';
export type { MetricFamily, Sample } from './metric-family.js';
