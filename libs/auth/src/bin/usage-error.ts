/** A command line that cannot be understood; the usage helps. */
export class UsageError extends Error {}
