export { ConnectivityHealthIndicator } from './connectivity.health.js';
