import type { ComponentType } from 'preact';
import { link } from '../../app/route.js';
import { may } from '../../app/session.js';

/** What each view of a stream is given. */
export interface StreamViewProps {
  readonly stream: string;
}

/** One view of a stream. */
export interface StreamView {
  readonly path: string;
  readonly name: string;
  /** Verb of the scope that the user needs for this stream. */
  readonly verb: 'read' | 'write';
  readonly load: () => Promise<ComponentType<StreamViewProps>>;
}

const ofStreams = () => import('../of-streams.js');
const ofViews = () => import('../of-views.js');

const VIEWS: readonly StreamView[] = [
  { path: 'live', name: 'Live', verb: 'read', load: async () => (await ofStreams()).Live },
  { path: 'picture', name: 'Picture', verb: 'read', load: async () => (await ofViews()).StreamPicture },
  { path: 'plot', name: 'Plot', verb: 'read', load: async () => (await ofViews()).StreamPlot },
  { path: 'publish', name: 'Publish', verb: 'write', load: async () => (await ofStreams()).Publish },
  { path: 'replay', name: 'Replay', verb: 'read', load: async () => (await ofStreams()).Replay },
  { path: 'consumers', name: 'Consumers', verb: 'read', load: async () => (await ofStreams()).Consumers },
  { path: 'settings', name: 'Settings', verb: 'read', load: async () => (await ofStreams()).Settings },
];

/** The views of a stream that the user may open. */
export function viewsOf(stream: string): StreamView[] {
  return VIEWS.filter(({ verb }) => may(`streams:${verb}:${stream}`));
}

/** The view that opens when no other one is named. */
export function firstViewOf(stream: string): string {
  return viewsOf(stream)[0]?.path ?? 'live';
}

/** The address of a stream. */
export function linkToStream(stream: string): string {
  return link(['streams', stream, firstViewOf(stream)]);
}
