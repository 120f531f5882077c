/** One reading of the simulated thermostat. */
export interface Reading {
  readonly time: string;
  readonly temperature: number;
  readonly target: number;
  readonly heating: boolean;
}

const OUTSIDE = 8;
const LEAKS = 0.01;
const HEATS = 0.35;
/** Degrees below the target at which heating begins. */
const SLACK = 0.2;

/** A room with a heater: cools towards the outside, warms while heated. One step is a second. */
export class Room {
  target = 20;
  private temperature = 18;
  private heating = false;

  step(now: Date): Reading {
    if (this.temperature < this.target - SLACK) this.heating = true;
    else if (this.temperature >= this.target) this.heating = false;
    this.temperature += (OUTSIDE - this.temperature) * LEAKS + (this.heating ? HEATS : 0);
    return {
      time: now.toISOString(),
      temperature: Math.round(this.temperature * 100) / 100,
      target: this.target,
      heating: this.heating,
    };
  }
}
