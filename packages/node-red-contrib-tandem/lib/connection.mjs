/** One app at one gateway: its client, what it knows of the sessions, and what the nodes of a flow hear of it. */
import { createClient } from 'tandem-broker/client';
import { askIn, listenTo } from './client-events.mjs';
import { createConnectionState } from './connection-state.mjs';
import { createHearing } from './hearing.mjs';
import { createSessionList } from './session-list.mjs';

/** @typedef {import('tandem-broker/client').TandemClient} TandemClient */
/** @typedef {import('./node-red.js').Message} Message */

/** @typedef {{ readonly url: string, readonly token: string, readonly moduleName: string, readonly abilityName: string }} ConnectionOptions */
/** @typedef {ReturnType<typeof openConnection>} Connection */

/**
 * Connects at once, and again whenever the gateway was away, until it is closed.
 * @param {ConnectionOptions} options
 */
export function openConnection({ url, token, moduleName, abilityName }) {
  const heard = { hearing: createHearing(), sessions: createSessionList() };
  const state = createConnectionState();
  let isSetUp = false;
  /** @type {TandemClient | undefined} */
  let client;

  try {
    client = createClient({ url, token, connectTimeoutMs: Number.POSITIVE_INFINITY }); // it may start long after Node-RED
    client.onStateChange(follow);
  } catch (error) {
    state.enter('refused', wordsOf(error)); // no address of a gateway
  }

  /** @param {import('tandem-broker/client').ClientState} next */
  function follow(next) {
    switch (next.type) {
      case 'connecting':
        return state.enter('connecting', 'connecting to the gateway');
      case 'waiting':
        return state.enter('waiting', `gateway away: ${next.error.message}`);
      case 'closed':
        return state.enter('refused', next.error.message);
      default:
        return void setUp(next.gateway.deviceName);
    }
  }

  /**
   * The client brings app and subscription back by itself, once it has had them. The sessions are those of a Node-RED that was restarted
   * within the grace period.
   * @param {string} deviceName
   */
  async function setUp(deviceName) {
    try {
      if (!isSetUp) {
        const kept = await use().registerApp({ moduleName, abilityName, onCollaborate: askIn(heard.hearing) });
        await use().subscribe('sessions', heard.sessions.learn);
        for (const { sessionId, ...about } of kept.sessions) await listenTo(use(), heard, sessionId, about);
        isSetUp = true;
      }
      state.enter('connected', `connected to ${deviceName}`);
    } catch (error) {
      // A connection that broke meanwhile has said so itself, and the next one tries again.
      if (client?.state.type === 'connected') state.enter('refused', wordsOf(error));
    }
  }

  function use() {
    if (client === undefined) throw new Error(state.words());
    return client;
  }

  return {
    hearing: heard.hearing,
    use,
    /** @type {(sessionId: number, about: Message) => Promise<void>} */
    listen: (sessionId, about) => listenTo(use(), heard, sessionId, about),
    app: { moduleName, abilityName },
    /** Without the scope admin, those of the token's bundle. */
    sessions: heard.sessions.all,
    watchSessions: heard.sessions.watch,
    watchState: state.watch,
    reachState: state.reach,
    async close() {
      await client?.close();
    },
  };
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
