import { useState } from 'preact/hooks';
import { go, link, route } from '../../../app/route.js';
import { Button } from '../../../parts/controls/button.js';
import { TextArea, TextField } from '../../../parts/controls/field.js';
import { readJsonObject } from '../../../parts/formats/read-json.js';
import { NotServed } from '../not-served.js';
import type { SourceViewProps } from '../views.js';
import { QueryResult } from './query-result.js';
import { useQuery } from './use-query.js';

/** The most that the server waits for the next row, in seconds. */
const LONGEST = 600;

/** Asks the connector of a source, and shows the rows as they come. */
export function QueryView({ source }: SourceViewProps) {
  const { name } = source;
  // The address has the last query, so that it can be handed on.
  const [text, setText] = useState(route.value.query.get('parameters') ?? '{}');
  const [seconds, setSeconds] = useState(route.value.query.get('wait') ?? '30');
  const { state, run, stop } = useQuery(name);
  const { value, fault } = readJsonObject(text);
  const timeout = Number(seconds);
  const isTimeout = timeout > 0 && timeout <= LONGEST;
  const isRunning = state.end === 'running';
  return (
    <>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!value || !isTimeout || isRunning) return;
          go(link(['sources', name, 'query'], { parameters: text, wait: seconds }), { replace: true });
          void run(value, timeout * 1000);
        }}
      >
        <NotServed source={source} />
        <TextArea
          label="Parameters"
          hint="A JSON object; what it means is up to the connector"
          fault={fault && `What stands here ${fault}`}
          rows={4}
          value={text}
          onInput={setText}
        />
        <div class="row">
          <div class="grow">
            <TextField
              label="Longest wait for a row, in seconds"
              type="number"
              min={1}
              max={LONGEST}
              fault={isTimeout ? undefined : `must be above 0 and at most ${LONGEST}`}
              value={seconds}
              onInput={setSeconds}
            />
          </div>
        </div>
        <div class="row">
          <Button type="submit" kind="main" busy={isRunning} disabled={fault !== undefined || !isTimeout}>
            Query
          </Button>
          {isRunning && <Button onClick={stop}>Stop</Button>}
        </div>
      </form>
      <QueryResult source={name} state={state} />
    </>
  );
}
