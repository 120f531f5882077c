import type { OpenApiFragment } from '../documents/open-api-fragment.js';
import { answers, arrayOf, BEARER, INTEGER, json, operation, ref, TEXT } from '../documents/operation.js';

const NUMBER = { type: 'number' } as const;
const LABELS = { type: 'object', additionalProperties: TEXT } as const;

const series = {
  id: { ...INTEGER, description: 'Tells the series from all others of this instance' },
  name: { ...TEXT, description: 'Name of the family' },
  type: { type: 'string', enum: ['gauge', 'counter'] },
  help: TEXT,
  labels: LABELS,
};

function objectOf(properties: object, optional: readonly string[] = []): Readonly<Record<string, unknown>> {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, properties };
}

const lists = { leftOut: arrayOf(ref('LeftOutSeries')), notices: arrayOf(ref('Notice')) };

const SCHEMAS = {
  StatisticsSeries: objectOf(series),
  RecordedSeries: objectOf({
    ...series,
    values: {
      ...arrayOf({ type: ['number', 'null'] }),
      description: 'One for each of `times`; null where there was none',
    },
  }),
  LeftOutSeries: objectOf({ name: TEXT, series: INTEGER }),
  Notice: objectOf({
    part: { ...TEXT, description: 'Which part of the server says it' },
    code: TEXT,
    level: { type: 'string', enum: ['info', 'warning', 'error'] },
    text: TEXT,
    remedy: TEXT,
  }),
  Statistics: objectOf({
    instance: { ...TEXT, description: 'Tells instances apart, also from themselves before a restart' },
    started: { ...INTEGER, description: 'When sampling began, in milliseconds since 1970' },
    interval: { ...NUMBER, description: 'From one sample to the next, in milliseconds' },
    now: INTEGER,
    times: { ...arrayOf(INTEGER), description: 'When the samples were taken, oldest first' },
    series: arrayOf(ref('RecordedSeries')),
    ...lists,
  }),
  StatisticsSample: objectOf(
    {
      type: { const: 'sample' },
      time: INTEGER,
      values: { type: 'object', additionalProperties: NUMBER, description: 'By the ids of their series' },
      added: { ...arrayOf(ref('StatisticsSeries')), description: 'Series that begin with this sample' },
      ...lists,
    },
    ['added', 'leftOut', 'notices'],
  ),
};

/** OpenAPI description of `GET /statistics`. */
export function statisticsOpenApi(): OpenApiFragment {
  return {
    tags: [{ name: 'statistics', description: 'What the server measures of itself, and what is wrong with it' }],
    paths: {
      '/statistics': {
        get: operation({
          id: 'readServerStatistics',
          tag: 'statistics',
          summary: 'What was sampled in the last quarter of an hour, and notices to operators',
          description:
            'Scope `statistics:read`. With `Accept: text/event-stream` the same comes as an event `snapshot`, then an event `sample` for each sample.',
          security: BEARER,
          responses: {
            200: {
              description: 'The samples, or their events',
              headers: { 'Cache-Control': { schema: { const: 'no-store' } } },
              content: { ...json(ref('Statistics')), 'text/event-stream': { schema: ref('StatisticsSample') } },
            },
            ...answers({
              401: 'The request carries no valid token or key',
              403: 'The scope statistics:read is needed',
            }),
          },
        }),
      },
    },
    components: { schemas: SCHEMAS },
  };
}
