// Shows the AsyncAPI document of this server, and lets a reader try its sockets.

import { el } from './dom.js';

const resolve = (root, { $ref }) =>
  $ref
    .slice(2)
    .split('/')
    .reduce((value, key) => value[key.replaceAll('~1', '/').replaceAll('~0', '~')], root);

function parameterTable(rows) {
  return el(
    'table',
    {},
    rows.map(([name, { description = '', ...schema }]) =>
      el(
        'tr',
        {},
        el('th', {}, el('code', {}, name)),
        el('td', {}, description, ' ', el('span', { class: 'soft' }, describeSchema(schema))),
      ),
    ),
  );
}

function describeSchema({ type, enum: values, default: initial }) {
  const parts = [values ? values.join(' | ') : type, initial === undefined ? '' : `default ${initial}`];
  return parts.filter(Boolean).join(', ');
}

function messageBox(message) {
  return el(
    'div',
    { class: 'message' },
    el('strong', {}, message.title ?? message.name),
    el('span', { class: 'tag' }, message.contentType),
    el('div', {}, message.summary ?? ''),
    message.examples ? el('pre', {}, JSON.stringify(message.examples[0].payload)) : '',
    message.payload
      ? el(
          'details',
          {},
          el('summary', { class: 'soft' }, 'Schema'),
          el('pre', {}, JSON.stringify(message.payload, null, 2)),
        )
      : '',
  );
}

/** A panel which opens the socket and shows what goes over it. */
function tryPanel(channel) {
  const path = channel.address.replace(/\{(\w+)\}/g, 'hello');
  const address = el('input', { 'aria-label': 'Path and query', value: path });
  const token = el('input', {
    'aria-label': 'Token',
    placeholder: 'Token of POST /token',
    value: sessionStorage.getItem('token') ?? '',
  });
  const text = el('textarea', { 'aria-label': 'Message', rows: '2', placeholder: 'Message' });
  const log = el('div', { class: 'log', role: 'log' });
  const binary = el('input', { type: 'checkbox', checked: '' });
  let socket;
  const note = (kind, line) => {
    log.append(el('div', { class: kind }, line));
    if (log.childElementCount > 200) log.firstElementChild.remove();
    log.scrollTop = log.scrollHeight;
  };
  const show = (data) =>
    typeof data === 'string' ? data : `${data.byteLength} bytes: ${new TextDecoder().decode(data.slice(0, 200))}`;
  const update = () => {
    open.textContent = socket ? 'Close' : 'Open';
    send.disabled = socket?.readyState !== WebSocket.OPEN;
  };
  const connect = () => {
    const url = new URL(address.value, location.href.replace(/^http/, 'ws'));
    sessionStorage.setItem('token', token.value);
    if (token.value) url.searchParams.set('token', token.value);
    socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      note('soft', 'open');
      update();
    };
    socket.onmessage = ({ data }) => note('received', `← ${show(data)}`);
    socket.onclose = ({ code, reason }) => {
      note(code === 1000 ? 'soft' : 'failed', `closed: ${code} ${reason}`);
      socket = undefined;
      update();
    };
  };
  const open = el('button', { type: 'button', onclick: () => (socket ? socket.close() : connect(), update()) }, 'Open');
  const send = el('button', { type: 'submit', disabled: '' }, 'Send');
  const submit = (event) => {
    event.preventDefault();
    socket.send(binary.checked ? new TextEncoder().encode(text.value) : text.value);
    note('sent', `→ ${text.value}`);
  };
  return el(
    'details',
    {},
    el('summary', {}, 'Try it'),
    el(
      'form',
      { onsubmit: submit },
      address,
      token,
      el('div', { class: 'row' }, open),
      text,
      el('div', { class: 'row' }, send, el('label', {}, binary, ' as binary')),
      log,
    ),
  );
}

function channelSection(root, id, channel) {
  const operations = Object.values(root.operations).filter(({ channel: { $ref } }) => $ref === `#/channels/${id}`);
  const messagesOf = (action) =>
    operations
      .filter((one) => one.action === action)
      .flatMap(({ messages }) => messages.map((ref) => resolve(root, ref)));
  const taken = messagesOf('receive');
  const sent = messagesOf('send');
  const query = Object.entries(channel.bindings?.ws?.query?.properties ?? {});
  const parameters = Object.entries(channel.parameters ?? {});
  return el(
    'section',
    { id },
    el('h2', {}, channel.title),
    el('div', { class: 'address' }, channel.address),
    el('p', {}, channel.description),
    parameters.length ? [el('h3', {}, 'Path'), parameterTable(parameters)] : [],
    query.length ? [el('h3', {}, 'Query'), parameterTable(query)] : [],
    taken.length ? [el('h3', {}, 'The server takes'), taken.map(messageBox)] : [],
    sent.length ? [el('h3', {}, 'The server sends'), sent.map(messageBox)] : [],
    tryPanel(channel),
  );
}

async function show() {
  const content = document.getElementById('content');
  const response = await fetch('/docs/asyncapi.json');
  if (!response.ok) throw new Error(`The document could not be loaded: ${response.status}`);
  const root = await response.json();
  const channels = Object.entries(root.channels);
  const titles = channels.map(([, { title }]) => title);
  // One that is served on several paths is told apart by its path.
  const label = ({ title, address }) =>
    titles.indexOf(title) === titles.lastIndexOf(title) ? title : `${title} on ${address}`;
  document
    .getElementById('index')
    .replaceChildren(...channels.map(([id, channel]) => el('a', { href: `#${id}` }, label(channel))));
  content.replaceChildren(
    el('h1', {}, `${root.info.title} sockets`),
    el('p', {}, root.info.description, ' ', el('a', { href: '/docs/asyncapi.json' }, 'AsyncAPI document')),
    ...channels.map(([id, channel]) => channelSection(root, id, channel)),
  );
}

show().catch((error) =>
  document.getElementById('content').replaceChildren(el('p', { class: 'failed' }, String(error.message))),
);
