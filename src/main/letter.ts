/** Sends one text, one piece of data or both over a session of their own, and prints what comes back. */
import { randomBytes } from 'node:crypto';
import type { AvailableDevice, TandemClient } from '../client/interface.js';
import { ConnectErrorCode, DisconnectReason } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import { CommandError } from './command-error.js';
import type { Io } from './io.js';
import { printable } from './printable.js';

export interface Letter {
  readonly app: AppName;
  readonly serviceName: string;
  readonly text: string | undefined;
  readonly data: ArrayBuffer | undefined;
  /** Longest wait for one answer to each thing sent; undefined: do not wait. */
  readonly waitMs: number | undefined;
}

/** Throws CommandError when the session is refused, ends early, or an answer does not come in time. */
export async function deliver(client: TandemClient, device: AvailableDevice, letter: Letter, io: Io): Promise<void> {
  const name = printable(device.deviceName);
  // A name of its own, so that several `tandem send` can run at once.
  await client.registerApp({ moduleName: 'entry', abilityName: `Send-${randomBytes(4).toString('hex')}` });
  const peerInfo = { deviceId: device.deviceId, ...letter.app, serviceName: letter.serviceName };
  const options = { needSendData: letter.data !== undefined };
  const sessionId = await client.createAbilityConnectionSession(letter.serviceName, peerInfo, options);

  const answers = await listen(client, sessionId, name, io);
  await connect(client, sessionId, name);
  await answers.explain(send(client, sessionId, letter));
  const sent = [letter.text, letter.data].filter((part) => part !== undefined).length;
  if (letter.waitMs === undefined) io.out(`Delivered to ${name}.`);
  else await answers.wait(sent, letter.waitMs);
  await client.destroyAbilityConnectionSession(sessionId);
}

async function connect(client: TandemClient, sessionId: number, name: string): Promise<void> {
  const { isConnected, errorCode, reason = '' } = await client.connect(sessionId);
  if (isConnected) return;
  const [code = 'no code'] = Object.entries(ConnectErrorCode).find(([, value]) => value === errorCode) ?? [];
  const words = reason === '' ? '' : `: ${printable(reason)}`;
  throw new CommandError(`No session with ${name}: ${code}${words}`);
}

async function send(client: TandemClient, sessionId: number, { text, data }: Letter): Promise<void> {
  if (text !== undefined) await client.sendMessage(sessionId, text);
  if (data !== undefined) await client.sendData(sessionId, data);
}

interface Answers {
  /** Rejects with how the session ended where that is why sending failed. */
  explain(sending: Promise<void>): Promise<void>;
  /** Resolves when so many came; rejects after the longest wait, or when the session ends before. */
  wait(count: number, longestMs: number): Promise<void>;
}

/** Prints every answer as it comes. */
async function listen(client: TandemClient, sessionId: number, name: string, io: Io): Promise<Answers> {
  let received = 0;
  let ended: CommandError | undefined;
  let onProgress = (): void => {};

  function print(words: string): void {
    io.out(`${name}: ${words}`);
    received += 1;
    onProgress();
  }

  await client.onReceiveMessage(sessionId, ({ msg = '' }) => print(printable(msg)));
  await client.onReceiveData(sessionId, ({ data }) => print(`${data?.byteLength ?? 0} bytes`));
  await client.onDisconnect(sessionId, ({ reason }) => {
    const [why = 'no reason'] = Object.entries(DisconnectReason).find(([, value]) => value === reason) ?? [];
    ended = new CommandError(`${name} ended the session: ${why}`);
    onProgress();
  });

  return {
    async explain(sending) {
      try {
        await sending;
      } catch (error) {
        // Frames come in order: once this is answered, an end of the session has been heard of.
        await client.call('ping', {});
        throw ended ?? error;
      }
    },
    wait: (count, longestMs) =>
      new Promise((resolve, reject) => {
        const late = new CommandError(`No answer from ${name} within ${longestMs} ms.`, {
          advice: ['It was delivered. --wait MS waits longer, --no-wait not at all.'],
        });
        // Without a connection nothing can come any more: the timer does not keep the process.
        const timer = setTimeout(() => settle(() => reject(late)), longestMs).unref();
        function settle(how: () => void): void {
          clearTimeout(timer);
          onProgress = () => {};
          how();
        }
        onProgress = () => {
          if (received >= count) settle(resolve);
          else if (ended !== undefined) settle(() => reject(ended));
        };
        onProgress();
      }),
  };
}
