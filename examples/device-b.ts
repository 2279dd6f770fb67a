/** Device B of the API reference, nearly word for word: is asked for a session, accepts, listens, answers. */
import type { CollaborateParameters, Want } from '../src/broker/interface.js';
import { OnCollaborateResult } from '../src/protocol/codes.js';
import { hilog } from './hilog.js';
import { AppStorage, UIAbility } from './ui-ability.js';

const TAG = 'device B';

export class EntryAbility extends UIAbility {
  /** For the example's end: resolves when device A has disconnected. */
  readonly ended: Promise<void>;
  private end: () => void = () => {};

  constructor() {
    super();
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  onCollaborate(wantParam: Want): OnCollaborateResult {
    hilog.info(0x0000, TAG, '%{public}s', 'on collaborate');
    const param = wantParam['ohos.extra.param.key.supportCollaborateIndex'] as CollaborateParameters; // as the reference casts it
    this.onCollab(param);
    return OnCollaborateResult.ACCEPT;
  }

  onCollab(collabParam: CollaborateParameters): void {
    const sessionId = this.createSessionFromWant(collabParam);
    if (sessionId === -1) {
      hilog.info(0x0000, TAG, 'Invalid session ID.');
      return;
    }
    this.listen(sessionId);
    const collabToken = collabParam['ohos.dms.collabToken'];
    this.abilityConnectionManager
      .acceptConnect(sessionId, collabToken)
      .then(() => {
        hilog.info(0x0000, TAG, 'acceptConnect success');
      })
      .catch(() => {
        hilog.error(0x0000, TAG, 'failed');
      });
  }

  createSessionFromWant(collabParam: CollaborateParameters): number {
    let sessionId = -1;
    const peerInfo = collabParam['PeerInfo'];
    if (peerInfo === undefined) {
      return sessionId;
    }

    const options = collabParam['ConnectOptions'];
    options.needSendBigData = true;
    options.needSendStream = true;
    options.needReceiveStream = false;
    try {
      sessionId = this.abilityConnectionManager.createAbilityConnectionSession(
        'collabTest',
        this.context,
        peerInfo,
        options,
      );
      AppStorage.setOrCreate('sessionId', sessionId);
      hilog.info(0x0000, TAG, `createSession sessionId is ${sessionId}`);
    } catch (error) {
      hilog.error(0x0000, TAG, String(error));
    }
    return sessionId;
  }

  private listen(sessionId: number): void {
    const { abilityConnectionManager } = this;
    abilityConnectionManager.on('connect', sessionId, (callbackInfo) => {
      hilog.info(0x0000, TAG, 'session connect, sessionId is', callbackInfo.sessionId);
    });
    abilityConnectionManager.on('receiveMessage', sessionId, (callbackInfo) => {
      hilog.info(0x0000, TAG, 'receiveMessage, msg is', callbackInfo.msg);
    });
    abilityConnectionManager.on('receiveData', sessionId, (callbackInfo) => {
      hilog.info(0x0000, TAG, 'receiveData, data is', new TextDecoder().decode(callbackInfo.data));
      abilityConnectionManager.sendMessage(sessionId, 'all received').catch(() => {
        hilog.error(0x0000, TAG, 'sendMessage failed');
      });
    });
    abilityConnectionManager.on('disconnect', sessionId, (callbackInfo) => {
      hilog.info(0x0000, TAG, 'session disconnect, reason is', callbackInfo.reason);
      this.end();
    });
  }
}
