import type { Endpoint } from '@millrace/client';

/** The address of an endpoint as a URL, without a slash at its end. */
export function urlOf({ host, port, tls, path }: Endpoint): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return new URL(`${tls ? 'https' : 'http'}://${name}:${port}${path}`).href.replace(/\/$/, '');
}
