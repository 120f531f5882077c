/** Points of one line. */
export interface Points {
  readonly times: number[];
  readonly values: (number | null)[];
}

/** Parts into which a span is cut; a screen has not many more columns of pixels for it. */
const PARTS = 1000;

/**
 * What of a line must be drawn so that it looks as if all of it was: where there are many points, the least and the greatest value of
 * each thousandth of the span, in the order of their times.
 *
 * @param values NaN is a hole
 */
export function thinOut(times: Float64Array, values: Float64Array): Points {
  const thin: Points = { times: [], values: [] };
  const put = (place: number): void => {
    const value = values[place]!;
    thin.times.push(times[place]!);
    thin.values.push(Number.isNaN(value) ? null : value);
  };
  if (times.length <= PARTS * 2) {
    for (let place = 0; place < times.length; place += 1) put(place);
    return thin;
  }
  const first = times[0]!;
  const width = (times[times.length - 1]! - first) / PARTS || 1;
  let place = 0;
  while (place < times.length) {
    const end = first + (Math.floor((times[place]! - first) / width) + 1) * width;
    const begin = place;
    let least = -1;
    let greatest = -1;
    do {
      const value = values[place]!;
      if (!Number.isNaN(value)) {
        if (least < 0 || value < values[least]!) least = place;
        if (greatest < 0 || value > values[greatest]!) greatest = place;
      }
      place += 1;
    } while (place < times.length && times[place]! < end);
    if (least < 0) put(begin);
    else if (least === greatest) put(least);
    else {
      put(Math.min(least, greatest));
      put(Math.max(least, greatest));
    }
  }
  return thin;
}
