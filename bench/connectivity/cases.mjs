// What is measured: each case with the rate the original reached with 8 clients on two cores, and how many times that is due.
import { postBytes } from './load-client.mjs';

const DATA_TYPE = 'TPSet';
const SIZES = [10, 1000, 50_000];
const PATTERNS = {
  'match 1, literal': 'conn_00005',
  'match 10, prefix': 'conn_0000.*',
  'match 10, class': 'conn_0000[0-9]',
  'match 10, suffix': '.*_0000[0-9]',
  'match all, .*': '.*',
};
const DUE = {
  'publish 100': [2700, 3],
  '10 entries, match 1, literal': [4900, 6],
  '10 entries, match all, .*': [4900, 6],
  '1000 entries, match 10, prefix': [3400, 6],
  '1000 entries, match 10, class': [3400, 6],
  '1000 entries, match all, .*': [1700, 3],
  '50000 entries, match 1, literal': [186, 100],
  '50000 entries, match 10, suffix': [186, 5],
  '50000 entries, match all, .*': [14, 5],
};

function connections(count, head = 'conn') {
  return Array.from({ length: count }, (_, index) => ({
    connection_type: 1,
    data_type: DATA_TYPE,
    uid: `${head}_${String(index).padStart(5, '0')}`,
    uri: `tcp://192.168.1.100:${10_000 + index}`,
  }));
}

/** Bodies that fill the partitions which lookups are made in. */
export const FILLING = SIZES.flatMap((size) => {
  const all = connections(size);
  return Array.from({ length: Math.ceil(size / 10_000) }, (_, part) =>
    JSON.stringify({ connections: all.slice(part * 10_000, (part + 1) * 10_000), partition: `size-${size}` }),
  );
});

export const CASES = [
  {
    name: 'publish 100',
    requests: Array.from({ length: 8 }, (_, index) =>
      postBytes('/publish', { connections: connections(100, `publisher${index}`), partition: 'publishing' }),
    ),
  },
  ...SIZES.flatMap((size) =>
    Object.entries(PATTERNS).map(([kind, uid_regex]) => ({
      name: `${size} entries, ${kind}`,
      requests: [postBytes(`/getconnection/size-${size}`, { data_type: DATA_TYPE, uid_regex })],
      small: size === 10,
    })),
  ),
].map((each) => ({ small: false, ...each, due: DUE[each.name] }));

/** Publications which change what stands in a partition, so that no reply can be kept: one entry takes a new uri. */
export function changeBytes(size, round) {
  const connection = { ...connections(1, 'changing')[0], uri: `tcp://192.168.1.100:${round % 60_000}` };
  return postBytes('/publish', { connections: [connection], partition: `size-${size}` });
}

export const CHANGING = [
  [10, 'match all, .*'],
  [1000, 'match 10, prefix'],
  [1000, 'match all, .*'],
  [50_000, 'match 1, literal'],
  [50_000, 'match 10, class'],
  [50_000, 'match 10, suffix'],
].map(([size, kind]) => ({
  name: `${size} entries, ${kind}`,
  size,
  requests: [postBytes(`/getconnection/size-${size}`, { data_type: DATA_TYPE, uid_regex: PATTERNS[kind] })],
}));
