/** Id of a request. Integers beyond ±(2^53 − 1) are kept as bigint, so that they are echoed exactly (rpc#S11). */
export type RpcId = string | number | bigint;

/** Longest number taken for an id, in digits. */
const MAX_DIGITS = 500;
/** Decimal numbers of so many significant digits come through a double unchanged. */
const EXACT_DIGITS = 15;

/** An id as JSON text. */
export function idText(id: RpcId): string {
  return typeof id === 'string' ? JSON.stringify(id) : String(id === 0 ? 0 : id);
}

/** Reads the text of a number as an id; undefined when its value could not be kept. */
export function exactId(text: string): RpcId | undefined {
  if (text.length > MAX_DIGITS) return undefined;
  if (/^-?\d+$/.test(text)) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  const value = Number(text);
  const [mantissa = ''] = text.split(/e/i);
  const significant = mantissa.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
  return Number.isFinite(value) && significant.length <= EXACT_DIGITS ? value : undefined;
}
