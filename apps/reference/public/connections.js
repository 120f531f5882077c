// Partitions are asked for now and then; within each, changes come as server-sent events.
const PAUSE = 2000;
// A browser holds few connections to one server, and each stream takes one.
const MAX_STREAMS = 4;
const USES = ['send/receive', 'publish/subscribe', 'invalid'];

const notice = document.querySelector('#notice');
const container = document.querySelector('#partitions');
const views = new Map();
const watched = [];

class PartitionView {
  constructor(name) {
    this.name = name;
    this.rows = new Map();
    this.section = document.createElement('details');
    const heading = document.createElement('summary');
    heading.textContent = name;
    this.count = document.createElement('small');
    heading.append(this.count);
    const table = document.createElement('table');
    table.createTHead().append(row('th', ['Name', 'Where', 'Data type', 'Use', 'Capacity']));
    this.body = table.createTBody();
    this.section.append(heading, table);
    this.section.addEventListener('toggle', () => (this.section.open ? this.watch() : this.rest()));
    container.append(this.section);
    this.section.open = views.size < MAX_STREAMS;
  }

  watch() {
    if (this.source) return;
    watched.push(this);
    if (watched.length > MAX_STREAMS) watched[0].section.open = false;
    this.source = new EventSource(`/connections/${encodeURIComponent(this.name)}/watch`);
    for (const type of ['snapshot', 'published', 'changed', 'retracted', 'expired'])
      this.source.addEventListener(type, ({ data }) => this.take(JSON.parse(data)));
  }

  rest() {
    this.source?.close();
    this.source = undefined;
    const at = watched.indexOf(this);
    if (at >= 0) watched.splice(at, 1);
  }

  take(event) {
    if (event.type === 'snapshot') {
      this.rows.clear();
      this.body.replaceChildren();
      for (const connection of event.connections) this.put(connection);
    } else if (event.type === 'retracted' || event.type === 'expired') this.remove(event.connection.uid);
    else this.put(event.connection, true);
    this.count.textContent = `${this.rows.size} live`;
  }

  put({ uid, uri, data_type, connection_type, capacity }, isNew = false) {
    const cells = [uid, uri, data_type, USES[connection_type] ?? connection_type, capacity || ''];
    const line = row('td', cells);
    line.cells[1].className = 'uri';
    if (isNew) line.className = 'new';
    const old = this.rows.get(uid);
    if (old) old.replaceWith(line);
    else this.body.append(line);
    this.rows.set(uid, line);
  }

  remove(uid) {
    this.rows.get(uid)?.remove();
    this.rows.delete(uid);
  }

  end() {
    this.rest();
    this.section.remove();
  }
}

function row(kind, texts) {
  const line = document.createElement('tr');
  for (const text of texts) {
    const cell = document.createElement(kind);
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

async function refresh() {
  const reply = await fetch('/connections/partitions');
  if (reply.status === 401 || reply.status === 403) {
    notice.textContent = 'You may not see the connections: log in first.';
    return;
  }
  if (!reply.ok) throw new Error(`The server answered ${reply.status}`);
  const names = new Set((await reply.json()).map(({ name }) => name));
  for (const [name, view] of views) {
    if (names.has(name)) continue;
    view.end();
    views.delete(name);
  }
  for (const name of names) if (!views.has(name)) views.set(name, new PartitionView(name));
  notice.textContent = names.size === 0 ? 'Nobody has published anything yet.' : '';
  notice.hidden = names.size > 0;
}

for (;;) {
  try {
    await refresh();
  } catch (error) {
    notice.hidden = false;
    notice.textContent = `The server cannot be reached: ${error.message}`;
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
