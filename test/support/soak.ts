/** Whether this is `npm run test:soak`, which runs long tests at their full length, and on Express what `npm test` runs on Fastify. */
export const SOAK = process.env['MILLRACE_SOAK'] === 'on';

/** The part of a long test that `npm test` runs, with the same seed. */
const SHARE = 0.02;

/**
 * How often a long test does its work: `full` times in `npm run test:soak`, 2 % of that in `npm test`.
 *
 * @param least what it needs at any rate to keep its promise
 */
export function scaled(full: number, least = 1): number {
  return SOAK ? full : Math.max(least, Math.ceil(full * SHARE));
}
