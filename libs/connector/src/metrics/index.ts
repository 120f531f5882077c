export { registerConnectorMetrics } from './connector-metrics.js';
export { registerHubMetrics } from './hub-metrics.js';
