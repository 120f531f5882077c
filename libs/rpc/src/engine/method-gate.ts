import type { RpcSession } from './rpc-engine.interface.js';

/** A call that can be refused while it waits. */
interface WaitingCall {
  refuse(): void;
}

/** The calls of one client, as a method knows them. */
interface Client {
  /** Handlers that have not settled. */
  running: number;
  /** Calls that wait for a place, with what runs them, in the order in which they came. */
  readonly waiting: Map<WaitingCall, () => void>;
}

/**
 * The places of one method: so many of its calls run at a time, of all clients together, and so many wait. One client has at most
 * half of the places, so that it never keeps the others out, and none while it does not take its answers; places that become
 * free go to the clients in turn.
 */
export class MethodGate {
  private running = 0;
  private waitingCount = 0;
  /** Those with calls, in the order in which their turn comes. */
  private readonly clients = new Map<RpcSession, Client>();
  /** Clients that do not take their answers, of whom it is known when they do. */
  private readonly lagging = new Set<RpcSession>();
  private readonly share: number;
  private admitting = false;

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {
    this.share = Math.ceil(maxRunning / 2);
  }

  /** Runs a call now, or once it has a place. @returns false where it can do neither: too many wait already */
  start(owner: RpcSession, call: WaitingCall, run: () => void): boolean {
    const client = this.clients.get(owner) ?? { running: 0, waiting: new Map<WaitingCall, () => void>() };
    if (client.waiting.size === 0 && this.hasPlace(owner, client)) {
      this.clients.set(owner, client);
      this.enter(client, run);
      return true;
    }
    // Nobody is refused because of the many calls of another.
    if (this.waitingCount >= this.maxWaiting && client.waiting.size >= this.maxWaiting / (this.clients.size + 1)) {
      return false;
    }
    this.clients.set(owner, client);
    client.waiting.set(call, run);
    this.waitingCount += 1;
    if (this.waitingCount > this.maxWaiting) this.dropLast();
    this.awaitRoom(owner);
    return true;
  }

  /** Called once the handler of a call has settled. */
  leave(owner: RpcSession): void {
    const client = this.clients.get(owner);
    if (!client) return;
    this.running -= 1;
    client.running -= 1;
    this.forgetIdle(owner, client);
    this.admit();
  }

  /** Takes a call that has ended out of those that wait. */
  remove(owner: RpcSession, call: WaitingCall): void {
    const client = this.clients.get(owner);
    if (!client?.waiting.delete(call)) return;
    this.waitingCount -= 1;
    this.forgetIdle(owner, client);
  }

  private hasPlace({ peer }: RpcSession, { running }: Client): boolean {
    return this.running < this.maxRunning && running < this.share && !peer.congested;
  }

  /** A client that does not take its answers gets its turn once it has taken them. */
  private awaitRoom(owner: RpcSession): void {
    const { peer, isClosed } = owner;
    if (!peer.congested || isClosed || this.lagging.has(owner)) return;
    this.lagging.add(owner);
    void peer.room?.().then(() => {
      this.lagging.delete(owner);
      this.admit();
    });
  }

  private enter(client: Client, run: () => void): void {
    this.running += 1;
    client.running += 1;
    run();
  }

  private admit(): void {
    // A call that ends at once comes here again.
    if (this.admitting) return;
    this.admitting = true;
    for (let next = this.next(); next; next = this.next()) {
      const { owner, client, call, run } = next;
      client.waiting.delete(call);
      this.waitingCount -= 1;
      // Behind all others: their turn comes first.
      this.clients.delete(owner);
      this.clients.set(owner, client);
      this.enter(client, run);
    }
    this.admitting = false;
  }

  private next(): { owner: RpcSession; client: Client; call: WaitingCall; run: () => void } | undefined {
    for (const [owner, client] of this.clients) {
      const [first] = client.waiting;
      if (!first) continue;
      if (this.hasPlace(owner, client)) return { owner, client, call: first[0], run: first[1] };
      this.awaitRoom(owner);
    }
    return undefined;
  }

  /** Refuses the newest call of the client of whom most wait. */
  private dropLast(): void {
    let most: Client | undefined;
    for (const client of this.clients.values()) if (client.waiting.size > (most?.waiting.size ?? 0)) most = client;
    const last = most && [...most.waiting.keys()].at(-1);
    last?.refuse();
  }

  private forgetIdle(owner: RpcSession, client: Client): void {
    if (client.running === 0 && client.waiting.size === 0) this.clients.delete(owner);
  }
}
