import type { ComponentChildren } from 'preact';
import type { FeatureName } from '../../app/configuration.js';
import { pages } from '../../app/pages.js';
import { link } from '../../app/route.js';
import { has, server } from '../../app/servers.js';
import { counted } from '../../parts/formats/format.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';

interface Part {
  readonly path: string;
  readonly feature: FeatureName;
  /** What is counted: one, and several. */
  readonly what: readonly [one: string, several: string];
  readonly load: () => Promise<number>;
}

const EVERY = 10_000;

const PARTS: readonly Part[] = [
  {
    path: 'streams',
    feature: 'streams',
    what: ['stream that you may read', 'streams that you may read'],
    load: async () => (await server('streams').streams.list()).length,
  },
  {
    path: 'registry',
    feature: 'registry',
    what: ['partition', 'partitions'],
    load: async () => (await server('registry').registry.partitions()).length,
  },
  {
    path: 'sources',
    feature: 'sources',
    what: ['source', 'sources'],
    load: async () => (await server('sources').sources.list()).length,
  },
  { path: 'keys', feature: 'keys', what: ['key', 'keys'], load: async () => (await server('keys').keys.list()).length },
  {
    path: 'users',
    feature: 'users',
    what: ['user', 'users'],
    load: async () => (await server('users').users.list()).length,
  },
];

/** What the server has, as far as the user may see it, with the ways there. */
export function Inventory() {
  const open = new Map(pages().map((page) => [page.path, page]));
  const parts = PARTS.filter(({ path, feature }) => open.has(path) && has(feature));
  return (
    <section class="stack" aria-label="What the server has">
      <h2>What the server has</h2>
      {parts.length === 0 && <p class="soft">Nothing that you may see. Ask an administrator for scopes.</p>}
      <div class="figures">
        {parts.map((part) => (
          <PartCard key={part.path} part={part} name={open.get(part.path)!.name} />
        ))}
        {[...open.values()]
          .filter(({ path }) => path !== 'overview' && !PARTS.some((part) => part.path === path))
          .map(({ path, name }) => (
            <Card key={path} path={path} name={name} />
          ))}
      </div>
    </section>
  );
}

function PartCard({ part: { path, what, load }, name }: { readonly part: Part; readonly name: string }) {
  const { value } = useLoaded(load, [path], { every: EVERY });
  return (
    <Card path={path} name={name}>
      <span class="soft">{value === undefined ? `… ${what[1]}` : counted(value, ...what)}</span>
    </Card>
  );
}

function Card({
  path,
  name,
  children,
}: {
  readonly path: string;
  readonly name: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <a class="card way" href={link([path])}>
      <strong>{name}</strong>
      {children}
    </a>
  );
}
