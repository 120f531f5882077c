import { server } from '../../app/servers.js';
import { announce } from '../display/announcements.js';
import { Confirm } from './confirm.js';
import { count } from '../formats/format.js';

interface DeleteStreamProps {
  readonly stream: string;
  /** Entries that would go, as far as that is known. */
  readonly entries: number | undefined;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

/** Asks for the name of a stream before it is deleted. */
export function DeleteStream({ stream, entries, onDeleted, onClose }: DeleteStreamProps) {
  const remove = async (): Promise<void> => {
    const [deleted] = await server('streams').streams.delete(stream);
    announce(
      deleted?.existed
        ? `“${stream}” is deleted, with ${count(deleted.entries)} entries.`
        : `“${stream}” was not there any more.`,
    );
    onDeleted();
  };
  return (
    <Confirm title="Delete this stream?" action="Delete" typed={stream} onConfirm={remove} onClose={onClose}>
      {entries === undefined ? 'All its entries' : `All ${count(entries)} entries of it`} and its metadata are removed.
      Readers get a notice of it; groups of consumers stay. This cannot be undone.
    </Confirm>
  );
}
