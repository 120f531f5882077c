import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const RESULTS = new URL('RESULTS.md', import.meta.url);

/** What the figures were made on. */
export function machine() {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown processor'}, ${new Date().toISOString().slice(0, 10)}`;
}

/** Puts a section of bench/RESULTS.md in the place of the old one of that title, or at the end. */
export function writeResults(title, body) {
  const heading = `## ${title}\n`;
  const section = `${heading}\n${body.trim()}\n`;
  const text = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '# Benchmark results\n';
  const from = text.indexOf(heading);
  const next = from < 0 ? -1 : text.indexOf('\n## ', from);
  const before = from < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, from);
  writeFileSync(RESULTS, `${before}${section}${next < 0 ? '' : text.slice(next)}`);
}
