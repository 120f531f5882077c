/**
 * Names of a comma-separated list (connector#38): all spaces are removed, also inside names; empty entries and
 * duplicates are dropped, the order stays.
 */
export function sourceNames(list: string): readonly string[] {
  return [
    ...new Set(
      list
        .replaceAll(' ', '')
        .split(',')
        .filter((name) => name !== ''),
    ),
  ];
}
