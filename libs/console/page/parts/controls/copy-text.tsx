import { useId, useRef, useState } from 'preact/hooks';
import { Button } from './button.js';

interface CopyTextProps {
  /** What it is. */
  readonly label: string;
  readonly text: string;
  /** The text has been copied. */
  readonly onCopied?: () => void;
}

/** A text to be taken elsewhere, such as a command, with a button that copies it. */
export function CopyText({ label, text, onCopied }: CopyTextProps) {
  const [said, setSaid] = useState('');
  const id = useId();
  const shown = useRef<HTMLPreElement>(null);

  const copy = async (): Promise<void> => {
    try {
      // Browsers give the clipboard to pages of TLS and of their own machine only.
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
      onCopied?.();
    } catch {
      getSelection()?.selectAllChildren(shown.current!);
      setSaid('Press Ctrl+C or ⌘C to copy');
    }
  };

  return (
    <div class="copy-text">
      <div class="row">
        <span class="small" id={id}>
          <strong>{label}</strong>
        </span>
        <span class="small good" role="status">
          {said}
        </span>
      </div>
      <pre ref={shown} role="group" tabIndex={0} aria-labelledby={id} onCopy={onCopied}>
        {text}
      </pre>
      <Button label={`Copy: ${label}`} onClick={copy}>
        Copy
      </Button>
    </div>
  );
}
