import type { LineColour } from './chart-line.js';

interface SparklineProps {
  /** Evenly spaced; `null` is a hole. */
  readonly values: readonly (number | null)[];
  /** What the line shows, for screen readers; without it the line is left out there, as the number beside it says enough. */
  readonly label?: string;
  /** @default 1 */
  readonly colour?: LineColour;
  /** Pixels; it is as wide as its place. @default 32 */
  readonly height?: number;
  /** Values between which the line is drawn at the least, so that small changes look small. @default from 0 */
  readonly least?: number;
  readonly most?: number;
}

/** Units of the drawing from left to right; it is stretched over its place. */
const WIDTH = 100;

/** A small line without axes. */
export function Sparkline({ values, label, colour = 1, height = 32, least = 0, most = least }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  const low = Math.min(least, ...known);
  const high = Math.max(most, ...known);
  const x = (place: number): number => (values.length > 1 ? (place / (values.length - 1)) * WIDTH : WIDTH);
  // A pixel is left above and below for the width of the line.
  const y = (value: number): number => height - 1 - ((value - low) / (high - low || 1)) * (height - 2);

  let path = '';
  let isPen = false;
  for (const [place, value] of values.entries()) {
    if (value !== null) path += `${isPen ? 'L' : 'M'}${x(place).toFixed(2)} ${y(value).toFixed(2)}`;
    isPen = value !== null;
  }
  return (
    <svg
      class={`sparkline colour-${colour}`}
      viewBox={`0 0 ${WIDTH} ${height}`}
      height={height}
      preserveAspectRatio="none"
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      aria-hidden={label === undefined}
    >
      <path d={path} fill="none" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
