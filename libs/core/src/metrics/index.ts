export { MillraceMetricsModule, type MillraceMetricsOptions } from './millrace-metrics.module.js';
export { registerMetrics } from './register-metrics.js';
