export { ConnectorSet } from './client/connector-set.js';
export { ConnectorModule } from './connector.module.js';
