import type { StartedCall } from './running-call.js';
import type { RpcAnswer } from './wire/messages.js';

/** A task that may be sent more than once: to its user it is one, with the id that it had first. */
export class RepeatedTask<Result> {
  /** Resolves once it was sent for the first time. @throws why that could not be */
  readonly started: Promise<StartedCall<Result>>;
  private latest: StartedCall<Result> | undefined;

  /** @param run sends it, and again for as long as it is handed back; gives each to `sent`, and the reply of the last */
  constructor(run: (sent: (call: StartedCall<Result>) => Promise<RpcAnswer<Result>>) => Promise<RpcAnswer<Result>>) {
    this.started = new Promise((resolve, reject) => {
      const reply = run((call) => {
        this.latest = call;
        resolve({ id: call.id, reply, cancel: () => (this.latest ?? call).cancel() });
        return call.reply;
      });
      reply.catch(reject);
    });
  }
}
