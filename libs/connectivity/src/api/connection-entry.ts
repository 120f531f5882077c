import type { Connection } from '@millrace/protocol';

/**
 * One published connection. Immutable: publishing other values makes a new entry, so the JSON text is made only once.
 *
 * @publicApi
 */
export class ConnectionEntry implements Required<Connection> {
  private text: string | undefined;

  constructor(
    readonly uid: string,
    readonly uri: string,
    readonly dataType: string,
    readonly connectionType: number,
    readonly capacity: number,
  ) {}

  static from({ uid, uri, dataType, connectionType = 0, capacity = 0 }: Connection): ConnectionEntry {
    return new ConnectionEntry(uid, uri, dataType, connectionType, capacity);
  }

  /** The element of a lookup's reply, in the member order of connectivity§3.2. */
  get json(): string {
    return (this.text ??= JSON.stringify(this));
  }

  toJSON(): object {
    return {
      uid: this.uid,
      uri: this.uri,
      connection_type: this.connectionType,
      data_type: this.dataType,
      capacity: this.capacity,
    };
  }

  /** Whether a publication says nothing new. */
  says(connection: Connection): boolean {
    if (connection === this) return true;
    const { uri, dataType, connectionType = 0, capacity = 0 } = connection;
    return (
      this.uri === uri &&
      this.dataType === dataType &&
      this.connectionType === connectionType &&
      this.capacity === capacity
    );
  }
}
