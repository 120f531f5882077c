export type Labels = Readonly<Record<string, string>>;

/** One value of a family, with the labels that tell it from the others. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** A number, several by their labels, or undefined where nothing can be said. */
export type Samples = number | undefined | Iterable<Sample>;

interface Named {
  /** As Prometheus writes it, for example `millrace_stream_gaps_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /**
   * Whether a read asks another server, or takes long: statistics, which are sampled every few seconds, read it once a minute.
   *
   * @default false
   */
  readonly costly?: boolean;
}

/** A value that goes up and down, read whenever metrics are asked for. */
export interface GaugeFamily extends Named {
  readonly type: 'gauge';
  read(): Samples | Promise<Samples>;
}

/** A value that only grows: read whenever metrics are asked for, or added to as things happen. */
export type CounterFamily = Named & { readonly type: 'counter' } & (
    { read(): Samples | Promise<Samples> } | { subscribe(add: (value: number, labels?: Labels) => void): void }
  );

/** How long things take, or how large they are. */
export interface HistogramFamily extends Named {
  readonly type: 'histogram';
  readonly buckets: readonly number[];
  /** Called once where metrics are gathered; until then nothing is measured. */
  subscribe(observe: (value: number, labels?: Labels) => void): void;
}

/** What a module measures, as data: no metrics package is named. */
export type MetricFamily = GaugeFamily | CounterFamily | HistogramFamily;
