export { ConnectorHealthIndicator } from './connector-health.indicator.js';
