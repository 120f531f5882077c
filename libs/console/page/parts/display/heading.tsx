import type { ComponentChildren } from 'preact';

interface HeadingProps {
  readonly title: string;
  /** One sentence on what the page shows. */
  readonly about?: ComponentChildren;
  /** What can be done on the page. */
  readonly children?: ComponentChildren;
}

/** The head of a page. */
export function Heading({ title, about, children }: HeadingProps) {
  return (
    <header class="heading">
      <div>
        <h1>{title}</h1>
        {about && <p class="soft">{about}</p>}
      </div>
      {children && <div class="row">{children}</div>}
    </header>
  );
}
