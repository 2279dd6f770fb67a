/** Texts from A to B through connected sessions: sent a batch a turn, taken by a listener at B, acknowledged to A. */
import type { EventCallbackInfo } from '../../src/protocol/collaboration.js';
import { answerParent } from '../harness/child.js';
import { measure } from '../harness/contender.js';
import { createStage, openPairs, type Stage } from './stage.js';

export interface MessageParams {
  readonly isSealed: boolean;
  /** Sessions that take turns, message by message. */
  readonly sessions: number;
  /** A multiple of BATCH. */
  readonly messages: number;
}

/** Messages an app sends before it waits for them: within the credit of one session. */
const BATCH = 250;
/** 200 bytes each, all different. */
const TEXTS = Array.from({ length: BATCH }, (_, place) => String(place).padEnd(200, 'x'));

answerParent<MessageParams>(async ({ isSealed, sessions, messages }) => {
  const stage = await createStage({ isSealed });
  const pairs = await openPairs(stage, sessions);
  const received = { count: 0 };
  const count = ({ msg }: EventCallbackInfo): void => {
    received.count += msg === undefined ? 0 : 1;
  };
  for (const { answererId } of pairs) {
    stage.answerer.abilityConnectionManager.on('receiveMessage', answererId, count);
  }
  const callerIds = pairs.map(({ callerId }) => callerId);
  return {
    async round() {
      received.count = 0;
      const figures = await measure(messages, () => sendAll(stage, callerIds, messages));
      if (received.count !== messages) throw new Error(`${received.count} of ${messages} messages arrived`);
      return figures;
    },
  };
});

/** Each message goes to the next session in turn. One that fails ends the process, as nobody handles its rejection. */
async function sendAll({ caller }: Stage, sessionIds: readonly number[], messages: number): Promise<void> {
  const { sendMessage } = caller.abilityConnectionManager;
  let sent = 0;
  while (sent < messages) {
    let last: Promise<void> | undefined;
    for (const text of TEXTS) {
      last = sendMessage(sessionIds[sent % sessionIds.length] ?? 0, text);
      sent += 1;
    }
    await last;
  }
}
