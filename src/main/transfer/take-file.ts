/** Accepts a session that brings a file, and takes it: what `tandem receive` does, and the demo's phone. */
import type { CollaborateParameters } from '../../broker/interface.js';
import { WantKeys } from '../../protocol/codes.js';
import type { ConnectOptions, PeerInfo } from '../../protocol/collaboration.js';
import { type ReceivedFile, type ReceiveFileOptions, receiveFile } from './receive-file.js';
import { openPort, type SessionCalls, type SessionPort } from './session-port.js';
import { FILE_WINDOW_BYTES } from './words.js';

/** The calls of the receiving app, in process or over the gateway. */
export interface ReceiverCalls extends SessionCalls {
  create(serviceName: string, peer: PeerInfo, options: ConnectOptions): number | Promise<number>;
  acceptConnect(sessionId: number, token: string): Promise<void>;
  destroyAbilityConnectionSession(sessionId: number): void | Promise<void>;
}

export interface TakeFileOptions extends ReceiveFileOptions {
  /** Called once there is a way to end it early. */
  onPort?(port: Pick<SessionPort, 'close'>): void;
}

/** Where the reference puts them, see its acceptConnect example. */
export function readWant(want: Readonly<Record<string, unknown>>): CollaborateParameters {
  return want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // the broker's own want, made by its types
}

/** Resolves when the file is kept; rejects as receiveFile does. The session is over then. */
export async function takeFile(
  calls: ReceiverCalls,
  { PeerInfo: peer, ConnectOptions: connectOptions, [WantKeys.TOKEN]: token }: CollaborateParameters,
  options: TakeFileOptions,
): Promise<ReceivedFile> {
  const sessionId = await calls.create(peer.serviceName ?? '', peer, connectOptions);
  try {
    // A sender may be a window ahead of what is written, and what it has under way besides.
    const port = await openPort(calls, sessionId, 2 * FILE_WINDOW_BYTES);
    options.onPort?.(port);
    await calls.acceptConnect(sessionId, token);
    return await receiveFile(port, options);
  } finally {
    // Where there is no connection any more, it is gone already.
    await Promise.resolve()
      .then(() => calls.destroyAbilityConnectionSession(sessionId))
      .catch(() => {});
  }
}
