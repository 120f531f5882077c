import type { ComponentChildren } from 'preact';

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly unit?: string;
  readonly children?: ComponentChildren;
}

/** One number with its name, and below it what shows how it came to be, such as a line. */
export function Figure({ name, value, unit, children }: FigureProps) {
  return (
    <div class="card figure">
      <div class="soft">{name}</div>
      <div class="value">
        {value}
        {unit && <small> {unit}</small>}
      </div>
      {children}
    </div>
  );
}
