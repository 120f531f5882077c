import { PatternError } from '../../api/connectivity.errors.js';
import { compilePattern } from './name-pattern.js';
import { StepBudget } from './counted-engine.js';

/** Between them they go every way through the engine: sets, scripts, other cases, long counts, and running out of steps. */
const PATTERNS: readonly string[] = [
  '[^!]*x',
  '(a|b|ab)*c?',
  String.raw`(?i)\w+[k-p]{3}`,
  '(?s).*a.{40}.*b',
  '(?i)(.*a){20}(b?){100}',
  String.raw`(\w*b.{10}){3}|[Ѐ-ѿ]+`,
  '(?:(?:a?){50}(x+x+)+y){2,8}',
];
const NAMES = 400;
/** Steps spent on each pattern at most. */
const STEPS = 400_000;
/** Steps from one pause to the next, at least: a few milliseconds at most while the engine is cold. */
const STEPS_BETWEEN_PAUSES = 10_000;

/**
 * Runs patterns over made-up names, so that the first lookup of a new process takes no longer than later ones: the engine's
 * code is compiled by then, and its tables of characters are made. Takes about a tenth of a second once in a process, and
 * little after that. It pauses at every `yield`, so that the caller can let other work go first.
 */
export function* warmUpPatterns(): Generator<void, void> {
  const names = Array.from({ length: NAMES }, (_, index) => sampleName(index));
  // The second round finds code that is worth compiling better.
  for (const pattern of [...PATTERNS, ...PATTERNS]) yield* run(pattern, names);
}

function* run(text: string, names: readonly string[]): Generator<void, void> {
  const pattern = compilePattern(text);
  const budget = new StepBudget(STEPS);
  let pauseAt = STEPS_BETWEEN_PAUSES;
  try {
    for (const name of names) {
      pattern.test(name, budget);
      if (budget.spent < pauseAt) continue;
      pauseAt = budget.spent + STEPS_BETWEEN_PAUSES;
      yield;
    }
  } catch (error) {
    // Out of steps, as was meant to happen.
    if (!(error instanceof PatternError)) throw error;
  } finally {
    pattern.release?.(0);
  }
  yield;
}

/** Two letters in many orders, mixtures, and letters of another script, which are other texts to the engine. */
function sampleName(index: number): string {
  const length = 20 + (index % 60);
  if (index % 3 === 0) {
    const letters = Array.from({ length }, (_, at) => ((index * 31 + at * at * 7 + at * index) % 5 < 2 ? 'a' : 'b'));
    return letters.join('') + (index % 2 === 0 ? '' : `${index}!`);
  }
  const offset = index % 3 === 1 ? 0x30 : 0x400;
  const letters = Array.from({ length }, (_, at) => String.fromCharCode(offset + ((index * 31 + at * at * 7) % 75)));
  return `${letters.join('')}${index}`;
}
