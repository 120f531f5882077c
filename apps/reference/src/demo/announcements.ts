import type { ConnectionPublisher } from '@millrace/connectivity';

/**
 * Announces where the demonstration can be reached, so that the registry has something to show and to look up.
 *
 * @param url where the application listens
 */
export function announceDemo(publisher: ConnectionPublisher, url: string): void {
  const sockets = url.replace(/^http/, 'ws');
  publisher.announce(
    'demo',
    { uid: 'sensor', uri: `${sockets}/data/demo:sensor/pull`, dataType: 'application/json' },
    { uid: 'camera', uri: `${sockets}/data/demo:camera/pull`, dataType: 'image/jpeg' },
    { uid: 'methods', uri: `${sockets}/rpc`, dataType: 'JSON-RPC' },
  );
}
