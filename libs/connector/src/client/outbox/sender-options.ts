/** Where a sender writes: a session that has been configured. */
export interface NotificationOutlet {
  readonly isOpen: boolean;
  /** Notifications sent and not yet acknowledged. */
  readonly inFlight: number;
  /** @returns false when the send buffer is full */
  notify(text: string): boolean;
  drained(): Promise<void>;
}

export interface NotificationSenderOptions {
  /** Notifications on their way without an acknowledgement. */
  readonly window: number;
  /** Forget a notification once it is handed to the socket. */
  readonly atMostOnce: boolean;
  /** Takes what the host should know of a failing outbox. */
  readonly report: (message: string) => void;
}
