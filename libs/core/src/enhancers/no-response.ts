/**
 * Stands in calls without HTTP where enhancers that know HTTP alone look for a response: takes headers and listeners, and
 * drops them. It cannot be answered with: a filter that tries fails, and the error of the call stands.
 */
export const NO_RESPONSE = Object.freeze({
  statusCode: 200,
  headersSent: false,
  header: itself,
  set: itself,
  setHeader: itself,
  getHeader: () => undefined,
  on: itself,
  once: itself,
  off: itself,
});

function itself<T>(this: T): T {
  return this;
}
