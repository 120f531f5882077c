/** The most that each count of `index.mjs` may come to. They only go down. */
export const LIMITS = {
  names: 0,
  'public-names': 500,
  'public-twice': 0,
  entries: 0,
  circles: 0,
  parameters: 0,
  lines: 0,
  folders: 0,
  words: 0,
  pictures: 0,
  'buffer-defaults': 1,
  redis: 0,
  terminus: 0,
  'prom-client': 0,
  'event-streams': 0,
  options: 0,
};
