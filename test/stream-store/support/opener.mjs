// Tries to open an embedded store, and tells its parent how that went.
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';

try {
  await embeddedStore({ directory: process.argv[2] }).create(storeContext());
  process.send?.('opened');
} catch (error) {
  process.send?.(error.message);
}
process.disconnect?.();
