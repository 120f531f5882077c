/** The part of a Node socket that names its connection. */
export interface TcpPorts {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/** What a peer has taken at the least, to have taken anything of a large message; pings are less. */
export const LEAST_TAKEN = 1024;

/** Where Linux tells of the TCP connections that a process can see. */
const TCP_TABLES: readonly string[] = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];

/** Local port, remote port, and the bytes that were sent and not acknowledged, in hexadecimal digits. */
const ROW = /:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/g;

/**
 * Bytes that the operating system still holds for the peers of connections, since they have not taken them. It takes up to
 * some megabytes from a program at once, and more only when a third of that is free: a peer on a slow line that takes them
 * for a minute looks from within the program as if it took nothing.
 *
 * @param readText reads a file, or rejects where it does not exist
 * @returns a number for each socket; undefined where nothing is said of it: only Linux does. Connections with equal ports are taken together
 */
export async function heldBytes(
  sockets: readonly TcpPorts[],
  readText: (path: string) => Promise<string>,
): Promise<(number | undefined)[]> {
  const tables = await Promise.all(TCP_TABLES.map((path) => readText(path).catch(() => '')));
  const held = new Map(sockets.map((socket) => [keyOf(socket), undefined as number | undefined]));
  for (const [, local = '', remote = '', bytes = ''] of tables.join('').matchAll(ROW)) {
    const key = local + remote;
    if (held.has(key)) held.set(key, (held.get(key) ?? 0) + parseInt(bytes, 16));
  }
  return sockets.map((socket) => held.get(keyOf(socket)));
}

function keyOf({ localPort, remotePort }: TcpPorts): string {
  return hexadecimal(localPort) + hexadecimal(remotePort);
}

function hexadecimal(port = 0): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
