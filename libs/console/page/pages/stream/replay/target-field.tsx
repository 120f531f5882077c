import { type StreamInfo, type StreamNumbers } from '@millrace/client/browser';
import { streamNameFault } from '@millrace/protocol';
import { useEffect, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { may } from '../../../app/session.js';
import { TextField } from '../../../parts/controls/field.js';
import { count } from '../../../parts/formats/format.js';
import { Notice } from '../../../parts/display/notice.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';

/** How long the user does not type before the server is asked, in milliseconds. */
const CALM = 250;
const MOST_SUGGESTIONS = 50;

/** The stream that is written to. */
export interface Target {
  readonly name: string;
  readonly setName: (name: string) => void;
  /** Why it cannot be this one. */
  readonly fault: string | undefined;
  /** What the server knows of it, once it was asked. */
  readonly info: StreamInfo | undefined;
  readonly suggestions: readonly string[];
}

/** Looks at the stream that the user names. */
export function useTarget(source: string): Target {
  const [name, setName] = useState(`${source}-replay`);
  const [asked, setAsked] = useState(name);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(name), CALM);
    return () => clearTimeout(timer);
  }, [name]);
  const isAskable = asked !== '' && streamNameFault(asked) === undefined;
  const { value } = useLoaded(
    async (signal): Promise<{ info: StreamInfo | undefined; like: readonly StreamNumbers[] }> => {
      const { streams } = server('streams');
      const like = await streams.statistics({ match: asked, count: MOST_SUGGESTIONS, signal });
      const mayRead = isAskable && may(`streams:read:${asked}`);
      return { info: mayRead ? await streams.info(asked, { signal }) : undefined, like };
    },
    [asked],
  );
  const info = asked === name ? value?.info : undefined;
  return {
    name,
    setName,
    info,
    fault: faultOf(name, source, info),
    suggestions: value?.like.map((one) => one.name).filter((one) => one !== source) ?? [],
  };
}

function faultOf(name: string, source: string, info: StreamInfo | undefined): string | undefined {
  if (name === '') return undefined;
  const reason = streamNameFault(name);
  if (reason) return `No stream can be named so: ${reason}.`;
  if (name === source) return 'A stream is not replayed into itself.';
  if (!may(`streams:write:${name}`)) return 'You may not write to this stream.';
  return info?.ended ? 'This stream was ended for good: it takes no more entries.' : undefined;
}

export function TargetField({ target: { name, setName, fault, info, suggestions } }: { readonly target: Target }) {
  return (
    <>
      <TextField
        label="Into the stream"
        value={name}
        onInput={setName}
        fault={fault}
        hint="It gets new IDs, of the time of the replay."
        suggestions={suggestions}
        autocomplete="off"
        required
        mono
      />
      {fault === undefined && info?.exists && (
        <Notice kind="warning">
          This stream exists, with {count(info.length)} {info.length === 1 ? 'entry' : 'entries'}. What is replayed
          comes behind them.
        </Notice>
      )}
    </>
  );
}
