import type { EntryId } from '@millrace/protocol';
import type { GroupSettings, SetAsideEntry } from '../../api/stream-groups.js';

/** What is stored of a group, beside the entries that it set aside. */
export interface GroupRecord extends GroupSettings {
  /** The last ID that was handed out. */
  readonly last: EntryId;
  /** Handed out and not acknowledged: ID and how often. */
  readonly pending: readonly (readonly [id: EntryId, deliveries: number])[];
  /** Set aside: ID and bytes of the copy. */
  readonly aside: readonly (readonly [id: EntryId, bytes: number])[];
  readonly dropped: number;
  /** A gap that is not acknowledged. */
  readonly gap?: { readonly after: EntryId; readonly first?: EntryId | undefined };
}

/** What is stored of an entry that was set aside. */
export interface AsideRecord extends SetAsideEntry {
  /** The copy in base64, where there is one. */
  readonly data?: string;
}

/** Keeps groups beyond the process, in the order of the calls. */
export interface GroupStorage {
  save(stream: string, group: string, record: GroupRecord): Promise<unknown>;
  remove(stream: string, group: string, aside: readonly EntryId[]): Promise<unknown>;
  saveAside(stream: string, group: string, record: AsideRecord): Promise<unknown>;
  removeAside(stream: string, group: string, id: EntryId): Promise<unknown>;
  readAside(stream: string, group: string, id: EntryId): AsideRecord | undefined;
}
