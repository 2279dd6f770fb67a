/** The node `session out`: does what a message asks for, and passes it on when that is done. */
import { attach, statusOf } from './attach.mjs';
import { runCommand } from './commands.mjs';

/** @param {import('./node-red.js').Red} RED */
export function register(RED) {
  /**
   * @this {import('./node-red.js').RedNode}
   * @param {import('./node-red.js').Definition} definition
   */
  function build(definition) {
    RED.nodes.createNode(this, definition);
    const connection = attach(RED, this, definition['gateway'], ({ watchState }) =>
      watchState((state) => this.status(statusOf(state))),
    );

    this.on('input', async (message, send, done) => {
      try {
        if (connection === undefined) throw new Error('No gateway is chosen.');
        // What the node says counts before the message, which may carry the command of a node before this one.
        const request = { ...given(message), ...chosenIn(definition) };
        send({ ...message, ...(await runCommand(await connection, request)) });
        done();
      } catch (error) {
        // Catch nodes get it with the message.
        done(error instanceof Error ? error.message : String(error));
      }
    });
  }

  RED.nodes.registerType('tandem-session-out', build);
}

/**
 * What the editor has, in the form of a message.
 * @param {import('./node-red.js').Definition} definition
 */
function chosenIn({ command, service, device, bundleName, moduleName, abilityName }) {
  const peer = given({ deviceId: device, bundleName, moduleName, abilityName });
  return given({ command, serviceName: service, peer: Object.keys(peer).length > 0 ? peer : undefined });
}

/**
 * Without what is empty, so that it hides nothing.
 * @param {Record<string, unknown>} fields
 * @returns {import('./node-red.js').Message}
 */
function given(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}
