import type { StreamMetadata } from '@millrace/client/browser';
import { thrownText } from '@millrace/protocol';

const BOUNDS = ['max_len', 'max_age', 'max_bytes'] as const;

/** Reads a text as metadata. @returns what is wrong with it, in words */
export function readMetadataText(text: string): { readonly value: StreamMetadata } | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `This is not JSON: ${thrownText(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: 'Metadata is a JSON object, such as {"unit": "°C"}.' };
  const metadata = value as StreamMetadata;
  const wrong = BOUNDS.find((name) => name in metadata && !isBound(metadata[name]));
  if (wrong) return { fault: `“${wrong}” bounds the stream, so it must be a number above 0.` };
  return { value: metadata };
}

function isBound(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value > 0);
}
