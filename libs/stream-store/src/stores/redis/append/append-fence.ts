import { Logger } from '@nestjs/common';
import { thrownText } from '@millrace/protocol';
import type { RedisServer } from '@millrace/core/redis';

/** A connection, as its server names it: no other one on any server has both. */
interface Connection {
  readonly id: string;
  readonly address: string;
}

/** What Redis answers where the account lacks the right, or that Redis does not know the command. */
const NOT_POSSIBLE = /^(NOPERM|ERR) /;

/**
 * Ends the earlier connection to a server before appends go on a new one. Without that, a server that stood still would read
 * what lies in the old connection when it goes on: appends that have failed for their callers would be stored behind later ones.
 */
export class AppendFence {
  private readonly logger = new Logger('RedisStore');
  /** Ends when the connection that a client has now is the only one that carries appends. */
  private readonly raised = new WeakMap<RedisServer, Promise<void>>();
  /** The connection that carried appends last, by server. */
  private readonly last = new Map<string, Connection>();
  private warned = false;

  /**
   * To be awaited before appends are sent.
   *
   * @param place where the server is: several clients may go there, one after the other
   * @throws what Redis reports, or the way to it
   */
  before(server: RedisServer, place: string): Promise<void> {
    const known = this.raised.get(server);
    if (known) return known;
    const lower = (): void => {
      this.raised.delete(server);
      server.off('close', lower);
    };
    const raised = this.raise(server, place);
    this.raised.set(server, raised);
    server.on('close', lower);
    raised.catch(lower);
    return raised;
  }

  private async raise(server: RedisServer, place: string): Promise<void> {
    const earlier = this.last.get(place);
    const commands = server.pipeline().call('CLIENT', ['INFO']);
    if (earlier) commands.call('CLIENT', ['KILL', 'ID', earlier.id, 'ADDR', earlier.address]);
    const answers = (await commands.exec()) ?? [];
    for (const [error] of answers) {
      if (!error) continue;
      if (!NOT_POSSIBLE.test(error.message)) throw error;
      this.warn(error);
    }
    const info = String(answers[0]?.[1]);
    const [, id] = /(?:^| )id=(\d+)/.exec(info) ?? [];
    const [, address] = / addr=(\S+)/.exec(info) ?? [];
    if (id !== undefined && address !== undefined) this.last.set(place, { id, address });
  }

  private warn(error: Error): void {
    if (this.warned) return;
    this.warned = true;
    this.logger.warn(
      `Redis does not let the stream store end its own earlier connection (${thrownText(error)}): when Redis has stood still, an append that failed may be stored behind later ones. Give the account the rights +client|info and +client|kill`,
    );
  }
}
