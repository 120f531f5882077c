import { parseDuration } from '@millrace/protocol';
import { z } from 'zod';
import { withUnit } from './option-meta.js';

/** Schema of a duration option; its output is milliseconds. */
export const durationSchema = withUnit(
  z.union([z.number(), z.string()]).transform((value, context) => {
    const milliseconds = parseDuration(value);
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({
      code: 'custom',
      message: 'give milliseconds, or text such as "250ms", "10s", "5m", "2h" or "30d"',
    });
    return z.NEVER;
  }),
  'milliseconds',
);
