/** On whose behalf something is changed. Absent: nobody is asked who they are, and everything may be changed. */
export interface Actor {
  /** User name or key id; remembered as the publisher. */
  readonly subject: string;
  /** May change what others published. */
  readonly admin: boolean;
}

/** The host's own code. No user has this name, so nobody else can replace what the host announces, or retract it. */
export const HOST_ACTOR: Actor = Object.freeze({ subject: '\u0000host', admin: true });
