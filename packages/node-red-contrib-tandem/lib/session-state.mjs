/** The node `session state`: what is now, on deploy as on change, like a retained value. */
import { attach, statusOf } from './attach.mjs';

/** @typedef {import('tandem-broker/client').SessionSummary} SessionSummary */
/** @typedef {import('./node-red.js').Message} Message */

/** @param {import('./node-red.js').Red} RED */
export function register(RED) {
  /**
   * @this {import('./node-red.js').RedNode}
   * @param {import('./node-red.js').Definition} definition
   */
  function build(definition) {
    RED.nodes.createNode(this, definition);
    const service = String(definition['service'] ?? '');
    const isWanted = (/** @type {SessionSummary} */ session) => service === '' || session.serviceName === service;

    // Before that, there is nobody to hear what is sent.
    const started = new Promise((resolve) => RED.events.once('flows:started', () => resolve(undefined)));

    attach(RED, this, definition['gateway'], (connection) => {
      /** @type {(() => void)[]} */
      let stops = [];
      let isStopped = false;
      void started.then(() => {
        if (!isStopped) stops = begin(connection);
      });
      return () => {
        isStopped = true;
        for (const stop of stops) stop();
      };
    });

    /** @param {import('./connection.mjs').Connection} connection */
    const begin = (connection) => {
      for (const session of connection.sessions().filter(isWanted)) this.send([sessionMessage(session), null]);
      return [
        connection.watchState((state) => {
          const latest = connection.sessions().filter(isWanted).at(-1);
          const isShown = state.type === 'connected' && latest !== undefined;
          this.status(isShown ? sessionStatus(latest) : statusOf(state));
          this.send([null, { topic: 'gateway', payload: state.type, reason: state.words }]);
        }),
        connection.watchSessions((session) => {
          if (!isWanted(session)) return;
          this.status(sessionStatus(session));
          this.send([sessionMessage(session), null]);
        }),
      ];
    };
  }

  RED.nodes.registerType('tandem-session-state', build);
}

/**
 * @param {SessionSummary} session
 * @returns {Message}
 */
function sessionMessage(session) {
  const { sessionId, serviceName, peer, state } = session;
  return { topic: 'state', payload: state, sessionId, serviceName, peer, session };
}

/**
 * @param {SessionSummary} session
 * @returns {import('./node-red.js').Status}
 */
function sessionStatus({ sessionId, state }) {
  const isConnected = state === 'connected';
  return {
    fill: isConnected ? 'green' : 'grey',
    shape: isConnected ? 'dot' : 'ring',
    text: `session ${sessionId} ${state}`,
  };
}
