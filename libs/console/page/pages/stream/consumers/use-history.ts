import { useRef } from 'preact/hooks';

/** Values that are kept. */
const MOST = 150;

/**
 * What a value was while the page was open.
 *
 * @param answer by which it is known that the value was asked for anew
 */
export function useHistory(answer: object, value: number | null): readonly (number | null)[] {
  const kept = useRef<{ answer?: object; values: (number | null)[] }>({ values: [] });
  if (kept.current.answer !== answer) kept.current = { answer, values: [...kept.current.values, value].slice(-MOST) };
  return kept.current.values;
}
