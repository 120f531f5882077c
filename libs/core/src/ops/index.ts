export type { Notice, NoticeLevel, PartNotice } from '@millrace/protocol';
export type { HealthReport, OperationsPart } from './operations-part.js';
export { OperationsRegistry } from './operations-registry.js';
export type { GaugeFamily, MetricFamily, Sample } from './metric-family.js';
