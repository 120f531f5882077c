import type { HubSourceStatus } from '@millrace/client/browser';
import type { ComponentType } from 'preact';
import { may } from '../../app/session.js';
import { ConfigurationView } from './configuration-view.js';
import { PublishView } from './publish-view.js';
import { QueryView } from './query/query-view.js';
import { StateView } from './state-view.js';

/** What each view of a source is given. */
export interface SourceViewProps {
  readonly source: HubSourceStatus;
}

/** One view of a source. */
export interface SourceView {
  readonly path: string;
  readonly name: string;
  /** Verb of the scope that the user needs for this source. */
  readonly verb: 'read' | 'query' | 'publish' | 'admin';
  readonly View: ComponentType<SourceViewProps>;
}

const VIEWS: readonly SourceView[] = [
  { path: 'state', name: 'State', verb: 'read', View: StateView },
  { path: 'query', name: 'Query', verb: 'query', View: QueryView },
  { path: 'publish', name: 'Publish', verb: 'publish', View: PublishView },
  { path: 'configuration', name: 'Configuration', verb: 'admin', View: ConfigurationView },
];

/** The views of a source that the user may open. */
export function viewsOf(name: string): SourceView[] {
  return VIEWS.filter(({ verb }) => may(`sources:${verb}:${name}`));
}
