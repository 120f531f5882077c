import type { ServerLink } from './server-link.js';
import type { ConnectorMessage } from './server-link.js';

/** What a scripted server does with one message. */
export type Step = (link: ServerLink, message: ConnectorMessage) => void;

export const accept: Step = (link) => link.send({ status: 200 });
export const acknowledge = accept;
/** Never answers. */
export const silence: Step = () => undefined;
/** Ends the TCP connection without a close frame. */
export const cut: Step = (link) => link.cut();

/** Answers with this message, or text. */
export const say =
  (message: unknown): Step =>
  (link) =>
    link.send(message);

/** Refuses as the protocol says. */
export const refuse = (status: number, code = 'test.refused', message = 'Refused'): Step =>
  say({ status, body: [{ code, message, params: [] }] });

/** Closes with a code. */
export const closeWith =
  (code: number): Step =>
  (link) =>
    link.ws.close(code);

/** Gives the configuration, behind some status messages. */
export const configure =
  (config: unknown = {}, { statuses = 0 } = {}): Step =>
  (link) => {
    for (let index = 0; index < statuses; index += 1) link.send({ status: 200 });
    link.configure(config);
  };

/** Does one after the other for the same message. */
export const both =
  (...steps: Step[]): Step =>
  (link, message) =>
    steps.forEach((step) => step(link, message));

/** Does the first step for the first message, and so on; the last one for all that follow. */
export function inTurn(...steps: Step[]): Step {
  let next = 0;
  return (link, message) => steps[Math.min(next++, steps.length - 1)]?.(link, message);
}
