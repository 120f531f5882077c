import { casesOn } from '@millrace/core/contract';

interface Closable {
  close?(): unknown;
}

/** What a contract of stores asks its subject for. */
interface StoreSubject<Store extends Closable> {
  create(): Promise<{ readonly store: Store; again(): Promise<Store> }>;
}

/** Makes cases that each get a store of their own, and the same one as another process has it. */
export function storeCases<Store extends Closable>() {
  return casesOn(async (subject: StoreSubject<Store>) => {
    const made = await subject.create();
    const { store } = made;
    const other = await made.again();
    return {
      bench: { store, other },
      close: async () => {
        await store.close?.();
        await other.close?.();
      },
    };
  });
}
