import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { TextArea } from '../../../parts/controls/field.js';
import type { Method } from '../document.js';
import { again } from '../history/history.js';
import { SchemaField } from '../schema/schema-field.js';
import { AnswerView } from './answer-view.js';
import { CallProgress } from './call-progress.js';
import { ErrorView } from './error-view.js';
import { NO_PAYLOAD, payloadBytes, PayloadField } from './payload-field.js';
import { useCall } from './use-call.js';
import { useParams } from './use-params.js';

interface CallFormProps {
  readonly name: string;
  /** What is known of it; nothing where the user may not ask. */
  readonly method: Method | undefined;
}

/** Calls a method with what stands in the fields, and shows what it answers. */
export function CallForm({ name, method }: CallFormProps) {
  const params = useParams(method);
  const [payload, setPayload] = useState(NO_PAYLOAD);
  const { state, call, cancel, giveUp } = useCall();
  const { answer, error, milliseconds = 0, isRunning, isCancelling, progress } = state;
  const wanted = again.value;

  useEffect(() => {
    if (wanted?.method !== name || isRunning) return;
    again.value = undefined;
    const { binary } = wanted;
    params.fill(wanted.params);
    setPayload(binary ? { text: '', file: { name: 'As before', bytes: binary } } : NO_PAYLOAD);
    void call(wanted);
  }, [wanted, isRunning]);

  const submit = (event: Event): void => {
    event.preventDefault();
    const read = params.read();
    if (read && !isRunning) void call({ method: name, params: read.params, binary: payloadBytes(payload) });
  };

  return (
    <>
      <form class="card stack" noValidate onSubmit={submit} aria-label={`Call ${name}`}>
        {method && method.params.length > 0 && (
          <div class="row">
            <Button pressed={!params.isJson} onClick={() => params.setJson(false)}>
              Fields
            </Button>
            <Button pressed={params.isJson} onClick={() => params.setJson(true)}>
              Params as JSON
            </Button>
          </div>
        )}
        {params.isJson ? (
          <TextArea
            label="Params"
            hint="A JSON object or list; empty for none"
            fault={params.jsonFault}
            value={params.json}
            onInput={params.setJsonText}
          />
        ) : (
          <div class="method-fields">
            {method?.params.map((parameter) => (
              <SchemaField
                key={parameter.name}
                parameter={parameter}
                text={params.texts[parameter.name] ?? ''}
                onInput={(text) => params.setText(parameter.name, text)}
                fault={params.faults[parameter.name]}
              />
            ))}
          </div>
        )}
        {!params.isJson && method?.params.length === 0 && <p class="soft">It takes no params.</p>}
        <PayloadField value={payload} onChange={setPayload} />
        <div class="row">
          <Button type="submit" kind="main" busy={isRunning}>
            Call
          </Button>
          {isRunning && method?.['x-async'] !== false && (
            <Button busy={isCancelling} onClick={cancel}>
              Cancel
            </Button>
          )}
          {isRunning && method?.['x-async'] === false && <Button onClick={giveUp}>Stop waiting</Button>}
        </div>
        {isRunning && <CallProgress method={name} progress={progress} />}
      </form>
      <div class="stack" role="group" aria-label={`Answer of ${name}`}>
        <span class="hidden" role="status">
          {answer && 'Answered'}
        </span>
        {answer && <AnswerView method={name} answer={answer} milliseconds={milliseconds} />}
        {error !== undefined && <ErrorView error={error} />}
      </div>
    </>
  );
}
