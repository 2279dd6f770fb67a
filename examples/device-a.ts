/** Device A of the API reference, nearly word for word: finds device B, creates a session, connects, sends, disconnects. */
import type { App, DistributedDeviceManager } from '../src/broker/interface.js';
import type { ConnectOptions, PeerInfo } from '../src/protocol/collaboration.js';
import { hilog } from './hilog.js';

const TAG = 'device A';

/** Resolves when device B has answered and the session is over. */
export async function runDeviceA(app: App): Promise<void> {
  const { abilityConnectionManager, context } = app;
  const sessionId = createSession(app);

  const answered = new Promise<void>((resolve) => {
    abilityConnectionManager.on('receiveMessage', sessionId, (callbackInfo) => {
      hilog.info(0x0000, TAG, 'receiveMessage, msg is', callbackInfo.msg);
      resolve();
    });
  });

  const connectResult = await abilityConnectionManager.connect(sessionId);
  if (!connectResult.isConnected) {
    hilog.info(0x0000, TAG, 'connect failed', connectResult.errorCode, connectResult.reason);
    return;
  }
  hilog.info(0x0000, TAG, 'connected to', abilityConnectionManager.getPeerInfoById(sessionId)?.deviceId);

  await abilityConnectionManager.sendMessage(sessionId, 'message send success').then(() => {
    hilog.info(0x0000, TAG, 'sendMessage success');
  });

  // All of this .buffer is the text's own. A Buffer is given itself: its .buffer may be Node's pool, with the bytes of others.
  const arrayBuffer = new TextEncoder().encode('data send success');
  await abilityConnectionManager.sendData(sessionId, arrayBuffer.buffer).then(() => {
    hilog.info(0x0000, TAG, 'sendData success');
  });

  await answered;
  hilog.info(0x0000, TAG, 'disconnectRemoteAbility begin');
  abilityConnectionManager.disconnect(sessionId);
  hilog.info(0x0000, TAG, 'destroyAbilityConnectionSession called, app', context.app.bundleName);
  abilityConnectionManager.destroyAbilityConnectionSession(sessionId);
}

function createSession({ abilityConnectionManager, distributedDeviceManager, context }: App): number {
  const peerInfo: PeerInfo = {
    deviceId: getRemoteDeviceId(distributedDeviceManager) ?? '',
    bundleName: 'com.example.remotephotodemo',
    moduleName: 'entry',
    abilityName: 'EntryAbility',
    serviceName: 'collabTest',
  };
  const myRecord: Record<string, string> = {
    newKey1: 'value1',
  };
  const options: Record<string, string> = {
    'ohos.collabrate.key.start.option': 'ohos.collabrate.value.foreground',
  };
  const connectOptions: ConnectOptions = {
    needSendBigData: true,
    needSendStream: false,
    needReceiveStream: true,
    options: options,
    parameters: myRecord,
  };
  const sessionId = abilityConnectionManager.createAbilityConnectionSession(
    'collabTest',
    context,
    peerInfo,
    connectOptions,
  );
  hilog.info(0x0000, TAG, 'createSession sessionId is', sessionId);
  return sessionId;
}

function getRemoteDeviceId(distributedDeviceManager: DistributedDeviceManager): string | undefined {
  const dmClass = distributedDeviceManager.createDeviceManager('com.example.remotephotodemo');
  hilog.info(0x0000, TAG, 'getRemoteDeviceId begin');
  const list = dmClass.getAvailableDeviceListSync();
  if (list.length === 0) {
    hilog.info(0x0000, TAG, 'getRemoteDeviceId err: list is empty');
    return;
  }
  return list[0]?.networkId;
}
