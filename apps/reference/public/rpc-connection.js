// A JSON-RPC connection in a page: calls with progress, cancellation and binary replies.

/** One WebSocket, opened by the first call and again after it was lost. */
export class RpcConnection {
  #socket;
  #calls = new Map();
  #nextId = 1;

  /** @param address gives the address at the time of connecting */
  constructor(address) {
    this.address = address;
  }

  /**
   * Calls a method.
   *
   * @param onProgress gets `{operation, amount}`
   * @returns `{id, reply}`, the reply a promise of `{result, payload}`
   */
  async call(method, params, onProgress = () => {}, binary = undefined) {
    const socket = await this.#open();
    const id = this.#nextId++;
    const reply = new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject, onProgress }));
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    socket.send(binary ? frame(text, binary) : text);
    return { id, reply };
  }

  async cancel(id) {
    return (await this.call('cancel', { id })).reply;
  }

  #open() {
    if (this.#socket) return this.#socket;
    this.#socket = new Promise((resolve, reject) => {
      const socket = new WebSocket(this.address());
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => resolve(socket);
      socket.onmessage = ({ data }) => this.#receive(data);
      socket.onclose = ({ code, reason }) => {
        const error = new Error(`The connection is closed (${code}${reason && `: ${reason}`}); a token may be needed`);
        this.#socket = undefined;
        for (const { reject: fail } of this.#calls.values()) fail(error);
        this.#calls.clear();
        reject(error);
      };
    });
    return this.#socket;
  }

  #receive(data) {
    const { message, payload } = typeof data === 'string' ? { message: JSON.parse(data) } : readFrame(data);
    if (message.id === undefined) {
      this.#calls.get(message.params?.id)?.onProgress(message.params);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.error) call?.reject(Object.assign(new Error(message.error.message), message.error));
    else call?.resolve({ result: message.result, payload });
  }
}

/** A binary frame: length of the JSON text (4 bytes, little-endian), the text, the payload. */
function frame(text, payload) {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(4 + json.length + payload.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  bytes.set(payload, 4 + json.length);
  return bytes;
}

function readFrame(buffer) {
  const end = 4 + new DataView(buffer).getUint32(0, true);
  const message = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, end - 4)));
  return { message, payload: new Uint8Array(buffer, end) };
}
