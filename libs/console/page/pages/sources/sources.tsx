import { route } from '../../app/route.js';
import { SourceList } from './source-list.js';
import { SourcePage } from './source-page.js';

/** `#/sources` is the list, `#/sources/NAME/VIEW` one source. */
export default function Sources() {
  const [, name, view = 'state'] = route.value.path;
  return name === undefined ? <SourceList /> : <SourcePage key={name} name={name} view={view} />;
}
