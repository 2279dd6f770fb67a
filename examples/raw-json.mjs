/**
 * The gateway without any library of ours: JSON-RPC 2.0 over a WebSocket, as docs/gateway.md says it, and nothing else. What this program
 * does, any language with WebSockets can do. It talks to the echo app of the first device in range.
 *
 *     node examples/raw-json.mjs ws://127.0.0.1:8420/v1/ws TOKEN
 */
// Node has a WebSocket of its own from version 22 on; before, the package ws is the same for our purpose.
const { WebSocket } = globalThis.WebSocket ? globalThis : await import('ws');

/**
 * @param {string} url
 * @param {string} token
 */
async function main(url, token) {
  const gateway = await open(url);
  const hello = await gateway.notification('hello');
  console.log(`the gateway is ${hello.server}, protocol ${hello.protocol.max}`);

  const { bundleName } = await gateway.call('authenticate', { token });
  await gateway.call('registerApp', { moduleName: 'entry', abilityName: 'RawJson' });
  console.log(`registered as an app of ${bundleName}`);

  const [device] = await gateway.call('getAvailableDeviceList', {});
  const sessionId = await gateway.call('createAbilityConnectionSession', {
    serviceName: 'greeting',
    peerInfo: {
      deviceId: device.networkId,
      bundleName: 'tandem.echo',
      moduleName: 'entry',
      abilityName: 'EchoAbility',
    },
    connectOptions: {},
  });
  await gateway.call('on', { type: 'receiveMessage', sessionId });
  const result = await gateway.call('connect', { sessionId });
  console.log(`connected: ${result.isConnected}`);

  await gateway.call('sendMessage', { sessionId, msg: 'hello in plain JSON' });
  const event = await gateway.notification('event');
  console.log(`the echo says: ${event.msg}`);

  await gateway.call('destroyAbilityConnectionSession', { sessionId });
  const refused = await gateway.call('disconnect', { sessionId }).catch((/** @type {any} */ error) => error);
  console.log(`the session is gone: ${refused.code}`);
  gateway.close();
}

/**
 * Calls are matched to their answers by id; whatever has no id comes from the gateway itself.
 *
 * @param {string} url
 */
async function open(url) {
  const socket = new WebSocket(url, 'tandem.v1');
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: any) => void}>} */
  const waiting = new Map();
  /** @type {{method: string, params: any}[]} */
  const received = [];
  let wake = () => {};
  let lastId = 0;

  socket.onmessage = (/** @type {{ data: unknown }} */ { data }) => {
    const { id, result, error, method, params } = JSON.parse(String(data));
    if (method !== undefined) received.push({ method, params });
    else if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(error);
    wake();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`cannot connect to ${url}`));
  });

  return {
    close: () => socket.close(1000),
    /**
     * @param {string} method
     * @param {object} params
     * @returns {Promise<any>}
     */
    call(method, params) {
      lastId += 1;
      const id = lastId;
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    /**
     * The next notification of this name; earlier ones of other names are skipped.
     *
     * @param {string} name
     */
    async notification(name) {
      for (;;) {
        const next = received.shift();
        if (next?.method === name) return next.params;
        if (next === undefined) await new Promise((resolve) => (wake = () => resolve(undefined)));
      }
    },
  };
}

const [, , url = 'ws://127.0.0.1:8420/v1/ws', token = ''] = process.argv;
await main(url, token);
