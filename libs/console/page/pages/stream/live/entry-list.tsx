import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { LogItem } from './entry-log.js';
import { EntryRow } from './entry-row.js';

/** Rows above and below those that are seen, so that a quick scroll shows no hole. */
const MORE = 6;
/** Rows of one press of "page down". */
const PAGE = 10;

interface EntryListProps {
  readonly label: string;
  readonly items: readonly LogItem[];
  readonly selected: LogItem | undefined;
  readonly onSelect: (item: LogItem) => void;
  /** The user has scrolled away from the top, or back to it. */
  readonly onScrolled: (isAway: boolean) => void;
}

/** A long list of which only the rows that are seen are in the page. Keys move through it as through a list of choices. */
export function EntryList({ label, items, selected, onSelect, onScrolled }: EntryListProps) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [row, setRow] = useState(32);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(480);

  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const measure = (): void => {
      setHeight(current.clientHeight);
      // The styles say how high a row is, which is more on a phone.
      setRow(Number.parseFloat(getComputedStyle(current).getPropertyValue('--row')) || 32);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.min(Math.floor(top / row) - MORE, items.length - 1));
  const end = Math.min(items.length, Math.ceil((top + height) / row) + MORE);
  const at = selected ? items.findIndex(({ key }) => key === selected.key) : -1;

  const show = (index: number): void => {
    const { current } = box;
    if (!current) return;
    if (index * row < current.scrollTop) current.scrollTop = index * row;
    else if ((index + 1) * row > current.scrollTop + current.clientHeight)
      current.scrollTop = (index + 1) * row - current.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at < 0 ? Math.ceil(top / row) : at + 1,
      ArrowUp: Math.max(0, at - 1),
      PageDown: at + PAGE,
      PageUp: Math.max(0, at - PAGE),
      Home: 0,
      End: items.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined || items.length === 0) return;
    event.preventDefault();
    const index = Math.min(next, items.length - 1);
    onSelect(items[index]!);
    show(index);
  };

  // A list that became shorter has moved without a scroll.
  useEffect(() => setTop(box.current?.scrollTop ?? 0), [items.length]);

  return (
    <div
      ref={box}
      class="entry-list"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={at >= first && at < end ? `${id}-${at - first}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: { scrollTop } }) => {
        setTop(scrollTop);
        onScrolled(scrollTop > row / 2);
      }}
    >
      <div role="presentation" style={{ height: `${items.length * row}px` }}>
        <div role="presentation" style={{ transform: `translateY(${first * row}px)` }}>
          {items.slice(first, end).map((item, index) => (
            // The place is the key: rows stay, and what they show changes.
            <EntryRow
              key={index}
              id={`${id}-${index}`}
              item={item}
              isSelected={first + index === at}
              place={first + index + 1}
              of={items.length}
              onSelect={() => onSelect(item)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
