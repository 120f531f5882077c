/** Bytes that are shown at the most. */
const MOST = 2048;
const PER_LINE = 16;

/** Bytes as a dump: place, hexadecimal, and the letters of ASCII. */
export function Hex({ data }: { readonly data: Uint8Array }) {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(data.length, MOST); at += PER_LINE) {
    const part = [...data.subarray(at, at + PER_LINE)];
    const digits = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const letters = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(PER_LINE * 3)} ${letters}`);
  }
  if (data.length > MOST) lines.push(`and ${data.length - MOST} bytes more`);
  return (
    <pre class="hex" tabIndex={0} aria-label="Bytes">
      {lines.join('\n')}
    </pre>
  );
}
