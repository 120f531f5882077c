import { computed, signal } from '@preact/signals';

/** What waits for the server at present, by name; empty while all is well. */
const waiting = signal<ReadonlySet<string>>(new Set());

/** Whether the server does not answer at present. */
export const isCutOff = computed(() => waiting.value.size > 0);

let next = 0;

/** Says whether one thing that asks the server again and again gets its answers. */
export class Reachability {
  private readonly name = String((next += 1));

  lost(): void {
    if (!waiting.value.has(this.name)) waiting.value = new Set([...waiting.value, this.name]);
  }

  found(): void {
    if (waiting.value.has(this.name)) waiting.value = new Set([...waiting.value].filter((one) => one !== this.name));
  }
}
