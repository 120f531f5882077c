// Shows the OpenRPC document of this server, with a form for each method that calls it.
import { el } from './dom.js';
import { RpcConnection } from './rpc-connection.js';

const token = el('input', {
  id: 'token',
  'aria-label': 'Token',
  placeholder: 'Token of POST /token, where one is needed',
  value: sessionStorage.getItem('token') ?? '',
});

const connection = new RpcConnection(() => {
  const url = new URL('/rpc', location.href.replace(/^http/, 'ws'));
  sessionStorage.setItem('token', token.value);
  if (token.value) url.searchParams.set('token', token.value);
  return url;
});

function describeSchema(schema) {
  const { type, oneOf, enum: values, default: initial, minimum, maximum } = schema;
  const kind = values ? values.join(' | ') : (type ?? (oneOf ? oneOf.map(describeSchema).join(' or ') : 'anything'));
  const range = [minimum === undefined ? '' : `from ${minimum}`, maximum === undefined ? '' : `to ${maximum}`];
  return [kind, ...range, initial === undefined ? '' : `default ${JSON.stringify(initial)}`].filter(Boolean).join(', ');
}

/** What to write into an empty field. */
function example({ type, default: initial, oneOf, enum: values, minimum }) {
  if (initial !== undefined) return initial;
  if (values) return values[0];
  if (oneOf) return example(oneOf[0]);
  return (
    { integer: minimum ?? 1, number: minimum ?? 1, string: 'text', boolean: true, array: [1, 2, 4], object: {} }[
      type
    ] ?? null
  );
}

/** A field for one parameter; `read` gives its value, or undefined when it is left empty. */
function field({ name, required, schema, 'x-variadic': whole }) {
  const isText = schema.type === 'string';
  const known = schema.default !== undefined || required;
  const start = whole && schema.type === undefined ? '' : known ? example(schema) : '';
  const input = el('input', {
    'aria-label': name,
    value: start === '' || isText ? start : JSON.stringify(start),
    placeholder: whole ? 'JSON, or nothing' : isText ? 'text' : 'JSON',
  });
  const read = () => {
    if (input.value === '') return undefined;
    if (isText) return input.value;
    try {
      return JSON.parse(input.value);
    } catch {
      throw new Error(`${name}: this is not JSON`);
    }
  };
  const label = el(
    'label',
    {},
    el('code', {}, name),
    required && !whole ? ' ' : el('span', { class: 'tag' }, 'optional'),
    ' ',
    el('span', { class: 'soft' }, [schema.description, describeSchema(schema)].filter(Boolean).join(' · ')),
    input,
  );
  return { name, whole, label, read };
}

function readParams(fields) {
  if (fields.length === 1 && fields[0].whole) return fields[0].read();
  const entries = fields.map(({ name, read }) => [name, read()]).filter(([, value]) => value !== undefined);
  return fields.length > 0 ? Object.fromEntries(entries) : undefined;
}

function callForm(method) {
  const fields = method.params.map(field);
  const bytes = el('input', { 'aria-label': 'Binary payload', placeholder: 'Text, sent as binary payload' });
  const takesBytes = method.name.includes('binary');
  const progress = el('progress', { max: '1', value: '0', hidden: '' });
  const operation = el('span', { class: 'soft operation' });
  const output = el('div', { class: 'log answer', role: 'log', 'aria-label': `Answer of ${method.name}` });
  const call = el('button', { type: 'submit' }, 'Call');
  const cancel = el('button', { type: 'button', disabled: '' }, 'Cancel');
  let running;

  const onProgress = ({ operation: text, amount }) => {
    progress.hidden = false;
    progress.value = amount;
    operation.textContent = `${text}: ${Math.round(amount * 100)} %`;
  };
  const submit = async (event) => {
    event.preventDefault();
    call.disabled = true;
    progress.hidden = true;
    operation.textContent = '';
    output.replaceChildren();
    const started = performance.now();
    try {
      const binary = takesBytes && bytes.value ? new TextEncoder().encode(bytes.value) : undefined;
      running = await connection.call(method.name, readParams(fields), onProgress, binary);
      cancel.disabled = !method['x-async'];
      showReply(output, await running.reply, performance.now() - started);
    } catch (error) {
      showError(output, error);
    }
    call.disabled = false;
    cancel.disabled = true;
  };
  cancel.addEventListener('click', () => {
    cancel.disabled = true;
    connection.cancel(running.id).catch((error) => showError(output, error));
  });
  return el(
    'form',
    { onsubmit: submit },
    fields.map(({ label }) => label),
    takesBytes ? bytes : [],
    el('div', { class: 'row' }, call, method['x-async'] ? cancel : '', progress, operation),
    output,
  );
}

function showReply(output, { result, payload }, milliseconds) {
  output.append(
    el('div', { class: 'soft' }, `answered in ${Math.round(milliseconds)} ms`),
    el('pre', { class: 'received' }, JSON.stringify(result, null, 2)),
  );
  if (!payload?.length) return;
  if (result?.format?.startsWith('image/')) {
    const source = URL.createObjectURL(new Blob([payload], { type: result.format }));
    output.append(el('img', { src: source, alt: 'Picture in the reply' }));
  } else {
    const text = new TextDecoder().decode(payload.slice(0, 200));
    output.append(el('div', {}, `binary payload of ${payload.length} bytes: ${text}`));
  }
}

function showError(output, { code, message, data }) {
  const text = code === undefined ? message : `${code}: ${message}`;
  output.append(el('div', { class: 'failed' }, text));
  if (data !== undefined) output.append(el('pre', { class: 'failed' }, JSON.stringify(data, null, 2)));
}

function methodSection(method) {
  const { name, summary, description, result, errors = [], tags = [] } = method;
  const marks = [
    ...tags.map((tag) => tag.name),
    method['x-async'] ? 'async' : '',
    method.deprecated ? 'deprecated' : '',
  ];
  return el(
    'section',
    { id: name },
    el(
      'h2',
      {},
      name,
      marks.filter(Boolean).map((mark) => el('span', { class: 'tag' }, mark)),
    ),
    el('p', {}, [summary && `${summary}.`, description].filter(Boolean).join(' ')),
    callForm(method),
    el(
      'details',
      {},
      el('summary', { class: 'soft' }, 'Result and errors'),
      el('pre', {}, JSON.stringify(result.schema, null, 2)),
      errors.map(({ code, message }) => el('div', {}, el('code', {}, String(code)), ` ${message}`)),
    ),
  );
}

async function show() {
  const content = document.getElementById('content');
  const response = await fetch('/docs/openrpc.json');
  if (!response.ok) throw new Error(`The document could not be loaded: ${response.status}`);
  const { info, methods } = await response.json();
  document.getElementById('index').replaceChildren(...methods.map(({ name }) => el('a', { href: `#${name}` }, name)));
  content.replaceChildren(
    el('h1', {}, `${info.title} methods`),
    el(
      'p',
      {},
      `${info.description ?? ''} JSON-RPC 2.0 on /rpc, as WebSocket and as POST. `,
      el('a', { href: '/docs/openrpc.json' }, 'OpenRPC document'),
    ),
    el('p', {}, token),
    ...methods.map(methodSection),
  );
}

show().catch((error) =>
  document.getElementById('content').replaceChildren(el('p', { class: 'failed' }, String(error.message))),
);
