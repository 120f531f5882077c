import { createHash } from 'node:crypto';
import type { CallStatistics, ListedConnection, RegistryStatistics } from '../api/connection-registry.js';

const STYLE = 's{color:red}';

/** What a content security policy calls the style of the pages. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/**
 * Entries shown on the front page, at least one of each partition; a page of hundreds of thousands helps nobody and would hold
 * up the rest.
 */
const MAX_SHOWN = 5000;

export interface ListedPartition {
  readonly name: string;
  readonly connections: readonly ListedConnection[];
}

/** The front page: every partition with its entries, live ones first, then the statistics (connectivity#43). */
export function frontPage(partitions: readonly ListedPartition[], statistics: RegistryStatistics): string {
  const shares = sharesOf(partitions);
  const paragraphs = partitions.map(({ name, connections }, index) => {
    const shown = [...connections.filter(isLive), ...connections.filter(isExpired)].slice(0, shares[index]);
    const hidden = connections.length - shown.length;
    const more = hidden > 0 ? `<p>… and ${hidden} more</p>` : '';
    return `<h2>Partition ${escapeHtml(name)}</h2>${table(shown.map(row))}${more}`;
  });
  const summary = table(
    partitions.map(({ name, connections }) => `<td>${escapeHtml(name)}</td><td>${connections.length}</td>`),
  );
  const dump = partitions.length > 0 ? `${summary}${paragraphs.join('')}` : '<p>None</p>';
  return page('Connections', `<h1>Dump of configuration dictionary</h1>${dump}${statisticsPart(statistics)}`);
}

/** How many entries of each partition are shown: what is live in any of them goes before what is expired in another. */
function sharesOf(partitions: readonly ListedPartition[]): number[] {
  const live = partitions.map(({ connections }) => connections.filter(isLive).length);
  const shares = divide(MAX_SHOWN, live);
  const left = MAX_SHOWN - shares.reduce((sum, share) => sum + share, 0);
  const expired = divide(
    left,
    partitions.map(({ connections }, index) => connections.length - (live[index] ?? 0)),
  );
  return shares.map((share, index) => Math.max(1, share + (expired[index] ?? 0)));
}

/** Divides a total evenly; what one does not need goes to the others. */
function divide(total: number, wanted: readonly number[]): number[] {
  const shares = wanted.map(() => 0);
  const ascending = [...wanted.keys()].sort((left, right) => (wanted[left] ?? 0) - (wanted[right] ?? 0));
  let left = total;
  for (const [done, index] of ascending.entries()) {
    const share = Math.min(wanted[index] ?? 0, Math.floor(left / (ascending.length - done)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}

const isLive = ({ live }: ListedConnection): boolean => live;
const isExpired = ({ live }: ListedConnection): boolean => !live;

/** The page of statistics (connectivity#44). */
export function statisticsPage(statistics: RegistryStatistics): string {
  return page('Connection server statistics', statisticsPart(statistics));
}

function row({ entry, live, publishedAt }: ListedConnection): string {
  const { uid, uri, dataType, connectionType, capacity } = entry;
  const cells = [uid, uri, dataType, `${connectionType}`, `${capacity}`, iso(publishedAt)];
  return cells.map((cell) => `<td>${live ? escapeHtml(cell) : `<s>${escapeHtml(cell)}</s>`}</td>`).join('');
}

/** In the words of the original service, which scripts look for. */
function statisticsPart({ since, publish, lookup, maxPartitions, maxConnections }: RegistryStatistics): string {
  return [
    '<h1>Connection server statistics</h1>',
    `<p>Since ${iso(since)}</p>`,
    `<p>${calls('publish', publish)}</p>`,
    `<p>${calls('lookup', lookup)}</p>`,
    `<p>Maximum number of partitions active = ${maxPartitions}</p>`,
    ...[...maxConnections].map(([name, most]) => `<p>Maximum entries in partition ${escapeHtml(name)} = ${most}</p>`),
  ].join('');
}

function calls(name: string, { calls: count, microseconds }: CallStatistics): string {
  const average = count === 0 ? 0 : Math.round(microseconds / count);
  return `${count} calls to ${name} in total time ${span(microseconds)} (average ${average} µs per call)`;
}

/** A span such as `0:00:01.250000`, as Python writes it. */
function span(microseconds: number): string {
  const [seconds, rest] = [Math.floor(microseconds / 1e6), microseconds % 1e6];
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = rest > 0 ? `.${String(rest).padStart(6, '0')}` : '';
  const days = Math.floor(seconds / 86_400);
  const before = days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : '';
  return `${before}${Math.floor((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}${fraction}`;
}

function table(rows: readonly string[]): string {
  return `<table>${rows.map((cells) => `<tr>${cells}</tr>`).join('')}</table>`;
}

function page(title: string, content: string): string {
  // A browser without an icon would ask for one, and get 404.
  const head = `<meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"><style>${STYLE}</style>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body>${content}</body></html>`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** connectivity#55: names are text, whatever they look like. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
