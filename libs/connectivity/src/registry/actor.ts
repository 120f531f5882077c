/** On whose behalf something is changed. Absent: nobody is asked who they are, and everything may be changed. */
export interface Actor {
  /** User name or key id; remembered as the publisher. */
  readonly subject: string;
  /** May change what others published. */
  readonly admin: boolean;
}
