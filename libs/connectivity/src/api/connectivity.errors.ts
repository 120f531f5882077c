import { MillraceError } from '@millrace/core/errors';

/** No publish has named the partition, or it was retracted (connectivity#22 #31). */
export class PartitionNotFoundError extends MillraceError {
  constructor(readonly partition: string) {
    super('NOT_FOUND', `partition ${partition} not found`);
  }
}

/** Some of the names to retract were not there; the others are gone (connectivity#30). */
export class ConnectionNotFoundError extends MillraceError {
  constructor(
    readonly partition: string,
    readonly uids: readonly string[],
  ) {
    super('NOT_FOUND', `${uids.length} of the connections were not found in partition ${partition}: ${shown(uids)}`);
  }
}

/** A pattern is not valid, or cannot be evaluated in bounded time with Python's meaning (connectivity#24 #53). */
export class PatternError extends MillraceError {
  constructor(
    readonly pattern: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super('BAD_REQUEST', `The pattern is refused: ${problem}`, options);
  }
}

/** A connection or partition belongs to somebody else, and the caller is not an administrator (connectivity#57). */
export class NotPublisherError extends MillraceError {
  constructor(readonly uid: string) {
    super('FORBIDDEN', `"${uid}" was published by somebody else; only its publisher or an administrator may change it`);
  }
}

/** The registry, or a partition, holds as much as it may. */
export class RegistryFullError extends MillraceError {
  constructor(what: 'partitions' | 'connections', limit: number) {
    super('TOO_MANY_REQUESTS', `The registry holds ${limit} ${what}, which is the most; retract some first`);
  }
}

/** A reply would be larger than allowed. */
export class ResultTooLargeError extends MillraceError {
  constructor(limit: number) {
    super('TOO_LARGE', `More than ${limit} connections match; ask with a narrower pattern`);
  }
}

function shown(uids: readonly string[]): string {
  const first = uids.slice(0, 3).join(', ');
  return uids.length > 3 ? `${first}, …` : first;
}
