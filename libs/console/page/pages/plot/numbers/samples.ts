/** Points of one stream that are kept. */
export const MOST_POINTS = 50_000;

/** Room beyond that, so that old points are let go of now and then and not one by one. */
const ROOM = MOST_POINTS + MOST_POINTS / 4;
const FIRST_ROOM = 1024;

/** Fields of one stream that are kept. */
const MOST_FIELDS = 64;

/** The numbers of one stream by their fields: the newest {@link MOST_POINTS} points. A field that a point does not have is NaN there. */
export class Samples {
  private timesOfAll = new Float64Array(FIRST_ROOM);
  private readonly columns = new Map<string, Float64Array>();
  private count = 0;
  /** Points that were let go of. */
  dropped = 0;

  /** Fields in the order in which they were found first. */
  get fields(): string[] {
    return [...this.columns.keys()];
  }

  /** Points that are kept. */
  get length(): number {
    return this.count - this.start;
  }

  /** Milliseconds since 1970 of each kept point. */
  get times(): Float64Array {
    return this.timesOfAll.subarray(this.start, this.count);
  }

  /** The values of a field, one for each kept point; undefined for an unknown one. */
  valuesOf(field: string): Float64Array | undefined {
    return this.columns.get(field)?.subarray(this.start, this.count);
  }

  /** Adds a point; one without numbers is a hole in each line. */
  add(time: number, numbers: ReadonlyMap<string, number>): void {
    // A stream that was deleted may begin anew with earlier times.
    if (this.count > 0 && time < this.timesOfAll[this.count - 1]!) this.clear();
    this.makeRoom();
    if (this.count >= MOST_POINTS) this.dropped += 1;
    this.timesOfAll[this.count] = time;
    for (const column of this.columns.values()) column[this.count] = NaN;
    for (const [field, value] of numbers) {
      const column = this.columns.get(field) ?? this.begin(field);
      if (column) column[this.count] = value;
    }
    this.count += 1;
  }

  clear(): void {
    this.count = 0;
    this.dropped = 0;
  }

  private get start(): number {
    return Math.max(0, this.count - MOST_POINTS);
  }

  private begin(field: string): Float64Array | undefined {
    if (this.columns.size >= MOST_FIELDS) return undefined;
    const column = new Float64Array(this.timesOfAll.length).fill(NaN);
    this.columns.set(field, column);
    return column;
  }

  private makeRoom(): void {
    const room = this.timesOfAll.length;
    if (this.count < room) return;
    if (room < ROOM) {
      const wider = Math.min(ROOM, room * 2);
      this.timesOfAll = copy(this.timesOfAll, wider);
      for (const [field, column] of this.columns) this.columns.set(field, copy(column, wider));
      return;
    }
    const start = this.count - MOST_POINTS;
    this.timesOfAll.copyWithin(0, start, this.count);
    for (const column of this.columns.values()) column.copyWithin(0, start, this.count);
    this.count = MOST_POINTS;
  }
}

function copy(column: Float64Array, room: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(room);
  wider.set(column);
  return wider;
}
