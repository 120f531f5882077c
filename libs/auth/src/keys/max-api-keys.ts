/** Most keys in one store: each change of a file writes it anew, and a list has no pages. */
export const MAX_API_KEYS = 10_000;
