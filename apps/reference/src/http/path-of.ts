/** The path of a request's target. The query is left out: it may hold a token, and must not get into a log or an answer. */
export function pathOf({ url }: { readonly url: string }): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
