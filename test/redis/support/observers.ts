import { RegistryClient, wire } from '../../connectivity/registry-client.js';
import { Repeated } from './repeated.js';

const PAUSE_MS = 50;
/** A server that closes, or stands still, counts as one that answers nothing. */
const DEADLINE_MS = 30_000;
export const PARTITION = 'p';

/** One answer of `/health`; times in milliseconds. */
export interface HealthAnswer {
  readonly asked: number;
  readonly answered: number;
  readonly isUp: boolean;
}

export class HealthObserver extends Repeated {
  readonly answers: HealthAnswer[] = [];

  constructor(private readonly url: string) {
    super(PAUSE_MS);
  }

  protected async once(): Promise<void> {
    const asked = performance.now();
    const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    await response.text();
    this.answers.push({ asked, answered: performance.now(), isUp: response.status === 200 });
  }
}

/** Publishes one more connection each time; what was answered with 200 has to be found from then on. */
export class Publisher extends Repeated {
  readonly published: string[] = [];
  refusals = 0;
  private next = 0;

  constructor(
    private readonly name: string,
    url: string,
    private readonly client = new RegistryClient(url),
  ) {
    super(PAUSE_MS);
  }

  protected async once(): Promise<void> {
    const uid = `${this.name}-${(this.next += 1)}`;
    const { status } = await this.client.publish(PARTITION, [wire(uid)]);
    if (status === 200) this.published.push(uid);
    else this.refusals += 1;
  }
}

/** Looks all connections up. An answer has to hold all that was published before it was asked for. */
export class LookupObserver extends Repeated {
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
    super(PAUSE_MS);
  }

  /** All that is found. */
  async names(): Promise<Set<string>> {
    return new Set(await this.client.names(PARTITION, '.*'));
  }

  protected async once(): Promise<void> {
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
