/** What to look for within one partition. */
export interface ConnectionQuery {
  /**
   * Pattern which has to match the whole uid, in Python's syntax (connectivity#15). Absent: every name, also one with a
   * line feed.
   */
  readonly pattern?: string;
  /** Data type, compared exactly (connectivity#18). Absent: every data type. */
  readonly dataType?: string;
}
