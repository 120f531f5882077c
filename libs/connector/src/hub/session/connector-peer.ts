/** What the hub has to know of the client behind a socket. */
export interface ConnectorPeer {
  /**
   * Whether it does not end at a close frame. The WebSocket client of existing Java connectors stops reading at one and
   * leaves it to its listener to close, which theirs does not: such a connector believes to be connected from then on, and
   * never comes back. It does come back when the connection is cut.
   */
  readonly ignoresClose: boolean;
}

/** Tells by the header `User-Agent` of the handshake. */
export function connectorPeer(userAgent: string | undefined): ConnectorPeer {
  return { ignoresClose: /^okhttp\//i.test(userAgent ?? '') };
}
