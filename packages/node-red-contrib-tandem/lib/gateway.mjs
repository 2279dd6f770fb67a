/** The configuration node `tandem-gateway`: which gateway, as which app. */
import { dropConnection, leaveConnection, takeConnection } from './connections.mjs';

/** @typedef {import('./node-red.js').RedNode & { connection: Promise<import('./connection.mjs').Connection> }} GatewayNode */

const DEFAULT_URL = 'ws://127.0.0.1:8420/v1/ws';

/** @param {import('./node-red.js').Red} RED */
export function register(RED) {
  /**
   * @this {import('./node-red.js').RedNode}
   * @param {import('./node-red.js').Definition} definition
   */
  function build(definition) {
    RED.nodes.createNode(this, definition);
    const node = /** @type {GatewayNode} */ (this);
    node.connection = takeConnection(node.id, {
      url: String(definition['url'] || DEFAULT_URL),
      // A token file ends with a newline, and is what people copy.
      token: (node.credentials?.['token'] ?? '').trim(),
      moduleName: String(definition['moduleName'] || 'entry'),
      abilityName: String(definition['abilityName'] || 'NodeRed'),
    });
    RED.events.on('flows:started', release);
    node.on('close', (isRemoved, done) => {
      RED.events.removeListener('flows:started', release);
      if (!isRemoved) leaveConnection(node.id);
      void (isRemoved ? dropConnection(node.id) : Promise.resolve()).finally(done);
    });

    async function release() {
      (await node.connection).hearing.release();
    }
  }

  RED.nodes.registerType('tandem-gateway', build, { credentials: { token: { type: 'password' } } });
}
