/** What a handler learns of its source. The keys are the protocol's own names. */
export interface SourceContext {
  readonly source_name: string;
  /** Aborted when the connection of this message has ended. */
  readonly signal: AbortSignal;
}

/** Context of a query: also where its responses go to. */
export interface QueryContext extends SourceContext {
  readonly response_address: string;
}
