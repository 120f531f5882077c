import { useState } from 'preact/hooks';
import { readJson } from '../../../parts/formats/read-json.js';
import type { Method } from '../document.js';
import { type FieldTexts, firstTexts, readFields, type ReadFields, textOfValue } from '../schema/field-values.js';

type Params = ReadFields['params'];

/** The params that a user enters: in fields, or as JSON. */
export interface ParamsInput {
  readonly isJson: boolean;
  readonly json: string;
  readonly jsonFault: string | undefined;
  readonly texts: FieldTexts;
  /** What is wrong, by the name of the parameter. */
  readonly faults: Readonly<Record<string, string>>;
  readonly setText: (name: string, text: string) => void;
  readonly setJsonText: (text: string) => void;
  /** Goes over to JSON or back; what was entered goes along where it can. */
  readonly setJson: (isJson: boolean) => void;
  /** Puts params in. */
  readonly fill: (params: Params) => void;
  /** Checks what was entered, and shows what is wrong. @returns the params; undefined where something is wrong */
  readonly read: () => { readonly params: Params } | undefined;
}

export function useParams(method: Method | undefined): ParamsInput {
  const [isJson, setIsJson] = useState(method === undefined);
  const [json, setJsonText] = useState('');
  const [jsonFault, setJsonFault] = useState<string | undefined>();
  const [texts, setTexts] = useState<FieldTexts>(method ? firstTexts(method) : {});
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});

  const fill = (params: Params): void => {
    setFaults({});
    setJsonFault(undefined);
    setJsonText(params === undefined ? '' : JSON.stringify(params, undefined, 2));
    const known = method && textsOf(method, params);
    if (known) setTexts(known);
    else setIsJson(true);
  };

  const readText = (): { readonly params: Params } | undefined => {
    if (json.trim() === '') return { params: undefined };
    const { value, fault } = readJson(json);
    const isParams = typeof value === 'object' && value !== null;
    setJsonFault(fault ?? (isParams ? undefined : 'must be a JSON object or list'));
    return isParams ? { params: value } : undefined;
  };

  return {
    isJson,
    json,
    jsonFault: jsonFault && `What stands here ${jsonFault}`,
    texts,
    faults,
    setText: (name, text) => {
      setTexts((before) => ({ ...before, [name]: text }));
      setFaults(({ [name]: _, ...others }) => others);
    },
    setJsonText: (text) => {
      setJsonText(text);
      setJsonFault(undefined);
    },
    setJson: (wanted) => {
      if (wanted && !isJson && method) {
        const { params } = readFields(method, texts);
        setJsonText(params === undefined ? '' : JSON.stringify(params, undefined, 2));
      } else if (!wanted && isJson && method) {
        const known = textsOf(method, readText()?.params);
        if (known) setTexts(known);
      }
      setIsJson(wanted);
    },
    fill,
    read: () => {
      if (isJson || !method) return readText();
      const read = readFields(method, texts);
      setFaults(read.faults);
      return Object.keys(read.faults).length === 0 ? read : undefined;
    },
  };
}

/** How params stand in the fields of a method; undefined where they do not fit. */
function textsOf({ params: parameters }: Method, params: Params): FieldTexts | undefined {
  if (params === undefined) return Object.fromEntries(parameters.map(({ name }) => [name, '']));
  const [only] = parameters;
  if (only?.['x-variadic']) return { [only.name]: JSON.stringify(params, undefined, 2) };
  const entries: [string, unknown][] = Array.isArray(params)
    ? params.map((value: unknown, index) => [parameters[index]?.name ?? '', value])
    : Object.entries(params);
  const texts = Object.fromEntries(parameters.map(({ name }) => [name, '']));
  for (const [name, value] of entries) {
    const parameter = parameters.find((one) => one.name === name);
    if (!parameter) return undefined;
    texts[name] = textOfValue(parameter.schema, value);
  }
  return texts;
}
