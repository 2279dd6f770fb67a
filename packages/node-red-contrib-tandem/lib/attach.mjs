/** What every node of a flow does with its gateway: find it, show how it is, and let go of it. */

/** @typedef {import('./connection.mjs').Connection} Connection */
/** @typedef {import('./connection-state.mjs').ConnectionState} ConnectionState */
/** @typedef {import('./gateway.mjs').GatewayNode} GatewayNode */
/** @typedef {import('./node-red.js').RedNode} RedNode */
/** @typedef {import('./node-red.js').Status} Status */

/**
 * Shows the state of the gateway at once and whenever it changes. `use` is called with the connection, and answers how to stop.
 * @param {import('./node-red.js').Red} RED
 * @param {RedNode} node
 * @param {unknown} gatewayId
 * @param {(connection: Connection) => () => void} use
 * @returns {Promise<Connection> | undefined} undefined where no gateway was chosen
 */
export function attach(RED, node, gatewayId, use) {
  const gateway = /** @type {GatewayNode | null} */ (RED.nodes.getNode(gatewayId));
  if (gateway === null) {
    node.status({ fill: 'red', shape: 'dot', text: 'choose a gateway' });
    return undefined;
  }
  let isClosed = false;
  /** @type {(() => void)[]} */
  const endings = [];
  gateway.connection.then((connection) => {
    if (!isClosed) endings.push(use(connection));
  });
  node.on('close', (_, done) => {
    isClosed = true;
    for (const end of endings) end();
    done();
  });
  return gateway.connection;
}

/** @type {Readonly<Record<ConnectionState['type'], Omit<Status, 'text'>>>} */
const MARKS = {
  connecting: { fill: 'yellow', shape: 'ring' },
  connected: { fill: 'green', shape: 'dot' },
  waiting: { fill: 'red', shape: 'ring' },
  refused: { fill: 'red', shape: 'dot' },
};

/**
 * @param {ConnectionState} state
 * @returns {Status}
 */
export function statusOf({ type, words }) {
  return { ...MARKS[type], text: words };
}
