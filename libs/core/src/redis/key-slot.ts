/** Slots that a cluster divides its keys into. */
const SLOTS = 16_384;
/** x^16 + x^12 + x^5 + 1: of CRC-16/XMODEM. */
const POLYNOMIAL = 0x1021;

/** The slot of a key in a cluster. */
export function keySlot(key: string): number {
  let sum = 0;
  for (const byte of Buffer.from(hashedPart(key))) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum << 1) ^ (sum & 0x8000 ? POLYNOMIAL : 0);
    sum &= 0xffff;
  }
  return sum % SLOTS;
}

/** A text that as the hashed part of a key leads to a slot: for keys that must lie where no part of another key leads. */
export function tagOfSlot(slot: number): string {
  let number = 0;
  while (keySlot(String(number)) !== slot) number += 1;
  return String(number);
}

/** The part of a key that decides on its slot in a cluster. */
export function hashedPart(key: string): string {
  const open = key.indexOf('{');
  const close = key.indexOf('}', open + 1);
  return open >= 0 && close > open + 1 ? key.slice(open + 1, close) : key;
}
