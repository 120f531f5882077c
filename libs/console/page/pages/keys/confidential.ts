const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the page came by TLS. API keys count on such connections only. */
export function isEncrypted(): boolean {
  return location.protocol === 'https:';
}

/** Whether the server may show a new key to this page: by TLS, or on its own machine. */
export function isConfidential(): boolean {
  return isEncrypted() || LOOPBACK.test(location.hostname);
}
