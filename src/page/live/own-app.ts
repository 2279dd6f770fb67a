/** The page as an app: it opens sessions, drives them, and keeps what they carried, all for the life of its tab. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { BrokerError, type SessionSummary, type TandemClient } from '../../client/client.js';
import type { AppName } from '../../protocol/collaboration.js';
import { type Conversation, createConversation } from './conversation.js';

const ABILITY_KEY = 'tandem.ability';
const MODULE_NAME = 'page';
/** After a reload the gateway may not have noticed yet that the last page is gone. */
const SEAT_ATTEMPTS = 20;
const SEAT_PAUSE_MS = 500;

export interface NewSession {
  readonly deviceId: string;
  readonly app: AppName;
  readonly serviceName: string;
}

export interface OwnApp {
  /** Unique to this tab: two tabs are two apps. */
  readonly abilityName: string;
  /** Why the last thing this page asked for did not work; '' when it did. */
  readonly trouble: ReadonlySignal<string>;
  owns(session: SessionSummary): boolean;
  /** Creates a session and connects it; answers with its number as soon as there is one. */
  open(wanted: NewSession): Promise<number | undefined>;
  connect(sessionId: number): Promise<void>;
  disconnect(sessionId: number): Promise<void>;
  destroy(sessionId: number): Promise<void>;
  /** What was sent and received since the page listens. */
  conversationOf(sessionId: number): Conversation;
  /** The tab's next app is another one. */
  forget(): void;
}

export function createOwnApp(client: TandemClient): OwnApp {
  const isKnownHere = sessionStorage.getItem(ABILITY_KEY) !== null;
  const abilityName = readAbilityName();
  const trouble = signal('');
  const conversations = new Map<number, Conversation>();
  let registering: Promise<void> | undefined;

  /** As the app, registered when it is first needed: who only watches needs no scope but `read`. */
  async function asApp<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    trouble.value = '';
    try {
      registering ??= takeSeat(client, abilityName);
      await registering.catch((error: unknown) => {
        registering = undefined;
        throw error;
      });
      sessionStorage.setItem(ABILITY_KEY, abilityName);
      return await work();
    } catch (error) {
      trouble.value = error instanceof BrokerError ? error.message : String(error);
      return undefined;
    }
  }

  function conversationOf(sessionId: number): Conversation {
    const known = conversations.get(sessionId);
    if (known !== undefined) return known;
    const made = createConversation(client, sessionId, asApp);
    conversations.set(sessionId, made);
    return made;
  }

  // After a reload the app is taken up again before its grace period is over, whatever is looked at.
  if (isKnownHere) void asApp(async () => {});

  return {
    abilityName,
    trouble,
    owns: ({ app }) => app.abilityName === abilityName && app.moduleName === MODULE_NAME,
    open: ({ deviceId, app, serviceName }) =>
      asApp(async () => {
        const peer = { deviceId, ...app };
        const sessionId = await client.createAbilityConnectionSession(serviceName, peer, { needSendData: true });
        await conversationOf(sessionId).listen();
        void asApp(() => client.connect(sessionId));
        return sessionId;
      }),
    async connect(sessionId) {
      await conversationOf(sessionId).listen();
      await asApp(() => client.connect(sessionId));
    },
    async disconnect(sessionId) {
      await asApp(() => client.disconnect(sessionId));
    },
    async destroy(sessionId) {
      await asApp(() => client.destroyAbilityConnectionSession(sessionId));
    },
    conversationOf,
    forget: () => sessionStorage.removeItem(ABILITY_KEY),
  };
}

async function takeSeat(client: TandemClient, abilityName: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.registerApp({ moduleName: MODULE_NAME, abilityName });
      return;
    } catch (error) {
      const isTaken = error instanceof BrokerError && error.kind === 'appInUse';
      if (!isTaken || attempt === SEAT_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, SEAT_PAUSE_MS));
    }
  }
}

function readAbilityName(): string {
  const kept = sessionStorage.getItem(ABILITY_KEY);
  if (kept !== null) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  const made = `Page-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return made;
}
