import { useEffect, useState } from 'preact/hooks';
import { theme } from './theme.js';

const system = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now; for what does not follow the colours of the styles by itself. */
export function useDark(): boolean {
  const [bySystem, setBySystem] = useState(system.matches);
  useEffect(() => {
    const onChange = (): void => setBySystem(system.matches);
    system.addEventListener('change', onChange);
    return () => system.removeEventListener('change', onChange);
  }, []);
  return theme.value === 'system' ? bySystem : theme.value === 'dark';
}
