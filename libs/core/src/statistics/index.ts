export { MillraceStatisticsModule } from './millrace-statistics.module.js';
export { statisticsOpenApi } from './statistics-openapi.js';
export { STATISTICS_AREA, type StatisticsOptions } from './statistics.options.js';
