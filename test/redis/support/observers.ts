import { pause } from '@millrace/protocol';
import { RegistryClient, wire } from '../../connectivity/registry-client.js';

const PAUSE_MS = 50;
/** A server that closes, or stands still, counts as one that answers nothing. */
const DEADLINE_MS = 30_000;
export const PARTITION = 'p';

/** Does something again and again until it is stopped. */
abstract class Observer {
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;

  start(): this {
    this.running = this.run();
    return this;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  protected abstract look(): Promise<void>;

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      await this.look();
      await pause(PAUSE_MS, this.ending.signal);
    }
  }
}

/** One answer of `/health`; times in milliseconds. */
export interface HealthAnswer {
  readonly asked: number;
  readonly answered: number;
  readonly isUp: boolean;
}

export class HealthObserver extends Observer {
  readonly answers: HealthAnswer[] = [];

  constructor(private readonly url: string) {
    super();
  }

  protected async look(): Promise<void> {
    const asked = performance.now();
    const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    await response.text();
    this.answers.push({ asked, answered: performance.now(), isUp: response.status === 200 });
  }
}

/** Publishes one more connection each time; what was answered with 200 has to be found from then on. */
export class Publisher extends Observer {
  readonly published: string[] = [];
  refusals = 0;
  private next = 0;

  constructor(
    private readonly name: string,
    url: string,
    private readonly client = new RegistryClient(url),
  ) {
    super();
  }

  protected async look(): Promise<void> {
    const uid = `${this.name}-${(this.next += 1)}`;
    const { status } = await this.client.publish(PARTITION, [wire(uid)]);
    if (status === 200) this.published.push(uid);
    else this.refusals += 1;
  }
}

/** Looks all connections up. An answer has to hold all that was published before it was asked for. */
export class LookupObserver extends Observer {
  /** Answers, right or wrong. */
  answered = 0;
  refusals = 0;
  /** What was wrong with each wrong answer. */
  readonly wrong: string[] = [];

  constructor(
    private readonly publishers: readonly Publisher[],
    url: string,
    private readonly client = new RegistryClient(url),
  ) {
    super();
  }

  /** All that is found. */
  async names(): Promise<Set<string>> {
    return new Set(await this.client.names(PARTITION, '.*'));
  }

  protected async look(): Promise<void> {
    const expected = this.publishers.flatMap(({ published }) => published);
    const { status, text } = await this.client.lookup(PARTITION, '.*');
    if (status !== 200) {
      this.refusals += 1;
      return;
    }
    this.answered += 1;
    const found = new Set((JSON.parse(text) as { uid: string }[]).map(({ uid }) => uid));
    const missing = expected.filter((uid) => !found.has(uid));
    if (missing.length > 0)
      this.wrong.push(`${missing.length} of ${expected.length} were missing, first ${missing[0]}`);
  }
}
