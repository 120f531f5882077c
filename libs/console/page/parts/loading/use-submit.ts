import { useState } from 'preact/hooks';
import { endIfRefused } from '../../app/session.js';
import { textOf } from '../formats/text-of.js';

/** What a form does when it is sent. */
export interface Submit {
  /** For `onSubmit` of the form. */
  readonly submit: (event: Event) => void;
  readonly busy: boolean;
  /** Why the last try failed; empty without a failure. */
  readonly failure: string;
}

/** Does something when a form is sent. What it throws is shown in the form, which stays as it is. */
export function useSubmit(act: () => Promise<void>): Submit {
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure('');
    try {
      await act();
    } catch (error) {
      if (!endIfRefused(error)) setFailure(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    submit: (event) => {
      event.preventDefault();
      void run();
    },
    busy,
    failure,
  };
}
