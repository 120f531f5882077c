export { MillraceHealthIndicator } from './millrace-health.indicator.js';
