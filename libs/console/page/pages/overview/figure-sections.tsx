import { Figure } from '../../parts/display/figure.js';
import { Sparkline } from '../../parts/chart/sparkline.js';
import type { FigureSection } from './figures.js';

/** All figures, each with a small line of the last quarter of an hour. */
export function FigureSections({ sections }: { readonly sections: readonly FigureSection[] }) {
  return (
    <>
      {sections.map(({ name, figures }) => (
        <section key={name} class="stack" aria-label={name}>
          <h2>{name}</h2>
          <div class="figures">
            {figures.map((figure) => (
              <Figure
                key={figure.name}
                name={figure.name}
                value={<span class={figure.isBad ? 'bad' : undefined}>{figure.text}</span>}
              >
                <Sparkline values={figure.values} colour={figure.isBad ? 2 : 1} height={28} />
              </Figure>
            ))}
          </div>
        </section>
      ))}
    </>
  );
}
