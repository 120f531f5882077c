/** What a line amounts to in a span. */
export interface LineFigures {
  /** Numbers it has there. */
  readonly points: number;
  /** Entries of its stream there that have no number in its field. */
  readonly holes: number;
  readonly last: number | undefined;
  readonly least: number | undefined;
  readonly greatest: number | undefined;
  readonly mean: number | undefined;
}

/** @param values NaN is a hole */
export function figuresOf(values: Float64Array): LineFigures {
  let points = 0;
  let sum = 0;
  let last: number | undefined;
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    points += 1;
    sum += value;
    last = value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const holes = values.length - points;
  if (points === 0) return { points, holes, last, least: undefined, greatest: undefined, mean: undefined };
  return { points, holes, last, least, greatest, mean: sum / points };
}
