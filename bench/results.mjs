import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const RESULTS = new URL('RESULTS.md', import.meta.url);
const RATIOS = new URL('ratios.json', import.meta.url);

/** A ratio that falls by more than this share of the recorded one is worth a look. */
const WORTH_A_LOOK = 0.2;

/** What the figures were made on. */
export function machine() {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown processor'}, ${new Date().toISOString().slice(0, 10)}`;
}

/**
 * Compares ratios with the recorded ones of a section of bench/ratios.json: a line for each that fell by more than a fifth.
 * Every ratio is the product's share of the reference: more is better.
 */
export function fallenRatios(ratios, recorded = {}) {
  return Object.entries(ratios).flatMap(([name, ratio]) => {
    const before = recorded[name];
    if (before === undefined || ratio >= before * (1 - WORTH_A_LOOK)) return [];
    const fall = Math.round((1 - ratio / before) * 100);
    return [`${name}: ${ratio.toFixed(2)} of the reference, recorded were ${before.toFixed(2)} (${fall} % less)`];
  });
}

/** Prints a warning for each ratio that fell; with `write` records the ratios in place of the old ones. */
export function checkRatios(section, ratios, { write = false } = {}) {
  const all = existsSync(RATIOS) ? JSON.parse(readFileSync(RATIOS, 'utf8')) : {};
  for (const line of fallenRatios(ratios, all[section]?.ratios)) console.warn(`Warning: ${line}`);
  if (!write) return;
  const rounded = Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toFixed(3))]));
  all[section] = { machine: machine(), ratios: { ...all[section]?.ratios, ...rounded } };
  writeFileSync(RATIOS, `${JSON.stringify(all, null, 2)}\n`);
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
