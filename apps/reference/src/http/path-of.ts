/** The path of a request's target. The query is no part of it: it may hold a token, and goes into no log and no answer. */
export function pathOf({ url }: { readonly url: string }): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
