import { Injectable } from '@nestjs/common';

/** Running counts of one application's streams; metrics and health read them. */
@Injectable()
export class StreamStatistics {
  /** Entries and bytes stored: over REST and push sockets, and by the host's own code. */
  entriesIn = 0;
  bytesIn = 0;
  /** Entries and bytes sent to pull sockets. */
  entriesOut = 0;
  bytesOut = 0;
  /** Gaps told to pull sockets and reads. */
  gaps = 0;
  /** Entries that could not be converted into what a reader asked for, each time one did. */
  unreadable = 0;
  /** Entries passed over for pullers that asked for the newest only. */
  skipped = 0;
  /** Push sockets that were closed for what they sent. */
  refusedPushes = 0;
  /** Times a push socket was held back since the storage could not keep up. */
  heldBack = 0;
  /** Live sockets. */
  pushers = 0;
  pullers = 0;
}
