export { registerConnectivityMetrics } from './connectivity.metrics.js';
