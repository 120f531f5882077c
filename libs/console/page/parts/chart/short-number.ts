/** `0.30000000000000004` as `0.3`, `1234567` as `1234570`: six digits that count, which is what a chart can show. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
