/** Why an attempt or a session ended, as far as it decides what to do next. */
export interface LinkEnd {
  readonly kind:
    /** Network, protocol or deadline; come back after a pause. */
    | 'failed'
    /** The claim was refused; come back after a pause. */
    | 'claim-refused'
    /** The token was refused for good; do not come back. */
    | 'auth-refused'
    /** Ended by this side on purpose. */
    | 'closed';
  /** Says what happened; holds no secret. */
  readonly message: string;
}
