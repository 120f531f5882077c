import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { endIfRefused } from '../../app/session.js';
import { announce } from '../display/announcements.js';
import { textOf } from '../formats/text-of.js';

interface ButtonProps {
  readonly children: ComponentChildren;
  /** `main`: what the page is for; `danger`: what cannot be undone; `plain`: without a frame. */
  readonly kind?: 'main' | 'normal' | 'danger' | 'plain';
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean | undefined;
  readonly busy?: boolean;
  /** Name for screen readers, where the text alone does not say which thing it is about. */
  readonly label?: string;
  readonly pressed?: boolean;
  /** While a promise of it runs, the button is busy; what it throws is announced. */
  readonly onClick?: () => unknown;
}

export function Button({
  children,
  kind = 'normal',
  type = 'button',
  disabled,
  busy,
  label,
  pressed,
  onClick,
}: ButtonProps) {
  const [running, setRunning] = useState(false);
  const isBusy = busy === true || running;

  const click = async (): Promise<void> => {
    try {
      const result = onClick?.();
      if (result instanceof Promise) {
        setRunning(true);
        await result;
      }
    } catch (error) {
      if (!endIfRefused(error)) announce(textOf(error), 'error');
    } finally {
      setRunning(false);
    }
  };

  return (
    <button
      type={type}
      class={`button ${kind}`}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick && (() => void click())}
    >
      {children}
    </button>
  );
}
