/** The node `session in`: what peers say and do, as messages. */
import { attach, statusOf } from './attach.mjs';

const EVENTS = ['receiveMessage', 'receiveData', 'connect', 'disconnect', 'collaborate'];

/** @param {import('./node-red.js').Red} RED */
export function register(RED) {
  /**
   * @this {import('./node-red.js').RedNode}
   * @param {import('./node-red.js').Definition} definition
   */
  function build(definition) {
    RED.nodes.createNode(this, definition);
    const wanted = EVENTS.filter((event) => definition[event] !== false);
    const service = String(definition['service'] ?? '');

    attach(RED, this, definition['gateway'], ({ hearing, watchState }) => {
      const stopHearing = hearing.add((message) => {
        if (!wanted.includes(message.topic ?? '')) return false;
        if (service !== '' && message['serviceName'] !== service) return false;
        this.send(message);
        return true;
      });
      const stopWatching = watchState((state) => this.status(statusOf(state)));
      return () => {
        // Until the flow runs again, what comes is kept for the node that takes this one's place.
        hearing.hold();
        stopHearing();
        stopWatching();
      };
    });
  }

  RED.nodes.registerType('tandem-session-in', build);
}
