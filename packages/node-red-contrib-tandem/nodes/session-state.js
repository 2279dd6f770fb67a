/** Node-RED loads CommonJS and waits for what this returns; the node itself is a module, as the client of the gateway is. */
/** @param {import('../lib/node-red.js').Red} RED */
module.exports = async (RED) => {
  const { register } = await import('../lib/session-state.mjs');
  register(RED);
};
