/** One app at one gateway: its client, what it knows of the sessions, and what the nodes of a flow hear of it. */
import { createClient, OnCollaborateResult } from 'tandem-broker/client';
import { createHearing } from './hearing.mjs';
import { readWant } from './want.mjs';

/** @typedef {import('tandem-broker/client').TandemClient} TandemClient */
/** @typedef {import('tandem-broker/client').SessionSummary} SessionSummary */
/** @typedef {import('tandem-broker/client').SessionsUpdate} SessionsUpdate */
/** @typedef {import('./node-red.js').Message} Message */

/** @typedef {{ readonly url: string, readonly token: string, readonly moduleName: string, readonly abilityName: string }} ConnectionOptions */
/** @typedef {{ readonly type: 'connecting' | 'connected' | 'waiting' | 'refused', readonly words: string }} ConnectionState */
/** @typedef {ReturnType<typeof openConnection>} Connection */

/**
 * Connects at once, and again whenever the gateway was away, until it is closed.
 * @param {ConnectionOptions} options
 */
export function openConnection({ url, token, moduleName, abilityName }) {
  const hearing = createHearing();
  /** @type {Map<number, SessionSummary>} */
  const sessions = new Map();
  /** @type {Set<(state: ConnectionState) => void>} */
  const stateWatchers = new Set();
  /** @type {Set<(session: SessionSummary) => void>} */
  const sessionWatchers = new Set();
  /** @type {ConnectionState} */
  let state = { type: 'connecting', words: 'connecting' };
  let isSetUp = false;
  /** @type {TandemClient | undefined} */
  let client;

  try {
    client = createClient({ url, token });
    client.onStateChange(follow);
  } catch (error) {
    // No address of a gateway.
    enter('refused', wordsOf(error));
  }

  /** @param {import('tandem-broker/client').ClientState} next */
  function follow(next) {
    switch (next.type) {
      case 'connecting':
        return enter('connecting', 'connecting');
      case 'waiting':
        return enter('waiting', `gateway away: ${next.error.message}`);
      case 'closed':
        return enter('refused', next.error.message);
      default:
        return void setUp(next.gateway.deviceName);
    }
  }

  /**
   * The client brings app and subscription back by itself, once it has had them.
   * @param {string} deviceName
   */
  async function setUp(deviceName) {
    try {
      if (!isSetUp) {
        await use().registerApp({ moduleName, abilityName, onCollaborate });
        await use().subscribe('sessions', learn);
        isSetUp = true;
      }
      enter('connected', `connected to ${deviceName}`);
    } catch (error) {
      // A connection that broke meanwhile has said so itself, and the next one tries again.
      if (client?.state.type === 'connected') enter('refused', wordsOf(error));
    }
  }

  /** @param {Record<string, unknown>} want */
  async function onCollaborate(want) {
    const isTaken = await hearing.tell({ topic: 'collaborate', ...readWant(want) });
    return isTaken ? OnCollaborateResult.ACCEPT : OnCollaborateResult.REJECT;
  }

  /** @param {SessionsUpdate} update */
  function learn(update) {
    if (update.type === 'change') return change(update.session);
    const present = new Set(update.sessions.map(({ sessionId }) => sessionId));
    // A gateway that was started anew does not know them any more.
    const gone = [...sessions.values()].filter(({ sessionId }) => !present.has(sessionId));
    for (const session of gone) change({ ...session, state: 'destroyed' });
    update.sessions.forEach(change);
  }

  /** @param {SessionSummary} session */
  function change(session) {
    if (session.state === 'destroyed') sessions.delete(session.sessionId);
    else sessions.set(session.sessionId, session);
    for (const watch of [...sessionWatchers]) watch(session);
  }

  /**
   * @param {ConnectionState['type']} type
   * @param {string} words
   */
  function enter(type, words) {
    state = { type, words };
    for (const watch of [...stateWatchers]) watch(state);
  }

  function use() {
    if (client === undefined) throw new Error(state.words);
    return client;
  }

  /**
   * Hears everything of a session, for as long as it lives.
   * @param {number} sessionId
   * @param {Message} about what every message of it says
   */
  async function listen(sessionId, about) {
    const tell = (/** @type {Message} */ message) => void hearing.tell({ ...message, ...about, sessionId });
    await use().on('connect', sessionId, () => tell({ topic: 'connect' }));
    await use().on('disconnect', sessionId, ({ reason }) => tell({ topic: 'disconnect', payload: reason }));
    await use().on('receiveMessage', sessionId, ({ msg }) => tell({ topic: 'receiveMessage', payload: msg }));
    await use().on('receiveData', sessionId, ({ data = new ArrayBuffer(0) }) =>
      tell({ topic: 'receiveData', payload: Buffer.from(data) }),
    );
  }

  return {
    hearing,
    listen,
    use,
    app: { moduleName, abilityName },
    /** Sessions that are not destroyed; without the scope admin, those of the token's bundle. */
    get sessions() {
      return [...sessions.values()];
    },
    /**
     * Calls back with what is, then with what comes.
     * @param {(state: ConnectionState) => void} callback
     */
    watchState(callback) {
      stateWatchers.add(callback);
      callback(state);
      return () => void stateWatchers.delete(callback);
    },
    /** @param {(session: SessionSummary) => void} callback */
    watchSessions(callback) {
      sessionWatchers.add(callback);
      return () => void sessionWatchers.delete(callback);
    },
    async close() {
      await client?.close();
    },
  };
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
