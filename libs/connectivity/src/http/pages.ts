import type { CallStatistics, ListedConnection, RegistryStatistics } from '../api/connection-registry.js';

/** Entries shown on the front page; a page of hundreds of thousands helps nobody and would hold up the rest. */
const MAX_SHOWN = 5000;

export interface ListedPartition {
  readonly name: string;
  readonly connections: readonly ListedConnection[];
}

/** The front page: every partition with its entries, then the statistics (connectivity#43). */
export function frontPage(partitions: readonly ListedPartition[], statistics: RegistryStatistics): string {
  let left = MAX_SHOWN;
  const paragraphs = partitions.map(({ name, connections }) => {
    const shown = connections.slice(0, left);
    left -= shown.length;
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

/** The page of statistics (connectivity#44). */
export function statisticsPage(statistics: RegistryStatistics): string {
  return page('Connection server statistics', statisticsPart(statistics));
}

function row({ entry, live, publishedAt }: ListedConnection): string {
  const { uid, uri, dataType, connectionType, capacity } = entry;
  const cells = [uid, uri, dataType, `${connectionType}`, `${capacity}`, iso(publishedAt)];
  return cells
    .map((cell) => `<td>${live ? escapeHtml(cell) : `<s style="color:red">${escapeHtml(cell)}</s>`}</td>`)
    .join('');
}

function statisticsPart({ since, publish, lookup, maxPartitions, maxConnections }: RegistryStatistics): string {
  const sizes = [...maxConnections].map(([name, most]) => `<td>${escapeHtml(name)}</td><td>${most}</td>`);
  return [
    '<h1>Connection server statistics</h1>',
    `<p>Since ${iso(since)}</p>`,
    `<p>${calls('publish', publish)}</p>`,
    `<p>${calls('lookup', lookup)}</p>`,
    `<p>Maximum number of partitions: ${maxPartitions}</p>`,
    '<p>Maximum number of entries of each partition:</p>',
    table(sizes),
  ].join('');
}

function calls(name: string, { calls: count, microseconds }: CallStatistics): string {
  const average = count === 0 ? 0 : Math.round(microseconds / count);
  return `${count} calls to ${name} in total time ${(microseconds / 1e6).toFixed(6)} s (average ${average} µs per call)`;
}

function table(rows: readonly string[]): string {
  return `<table>${rows.map((cells) => `<tr>${cells}</tr>`).join('')}</table>`;
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${content}</body></html>`;
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
