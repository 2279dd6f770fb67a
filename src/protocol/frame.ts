/** Frames: what two brokers say to each other over a link. Their bytes: frame-codec.ts. */
import type { ConnectErrorCode, DisconnectReason, StartOptionParams } from './codes.js';
import type { AppName } from './collaboration.js';

/** The part of `ConnectOptions` that the far side needs. */
export interface WireConnectOptions {
  readonly needSendData: boolean;
  readonly needSendStream: boolean;
  readonly needReceiveStream: boolean;
  readonly startOptions: StartOptionParams;
  readonly parameters: Readonly<Record<string, string>>;
}

/** In every frame `session` is the receiver's session id (0 while the sender does not know it) and `from` the sender's. */
export type Frame =
  | OpenFrame
  | AcceptFrame
  | ConfirmFrame
  | RejectFrame
  | CloseFrame
  | ResumeFrame
  | TextFrame
  | DataFrame
  | AcknowledgeFrame
  | PingFrame
  | PongFrame;

/** Asks the far broker to ask an app for a session. Sent again on a new link, with the same token, until answered. */
export interface OpenFrame {
  readonly type: 'open';
  readonly session: 0;
  readonly from: number;
  /** 32 lower-case hexadecimal digits: 128 random bits that name this attempt. */
  readonly token: string;
  readonly serviceName: string;
  readonly source: AppName;
  readonly sink: AppName;
  readonly options: WireConnectOptions;
}

/** The app over there accepted; the acceptor is connected once it reads `confirm` or `resume`. */
export interface AcceptFrame {
  readonly type: 'accept';
  readonly session: number;
  readonly from: number;
  readonly token: string;
}

export interface ConfirmFrame {
  readonly type: 'confirm';
  readonly session: number;
  readonly token: string;
}

export interface RejectFrame {
  readonly type: 'reject';
  readonly session: number;
  readonly token: string;
  readonly errorCode: ConnectErrorCode;
  readonly reason: string;
}

/** Ends an attempt or a session; `session` is 0 when the receiver's id is not known yet. */
export interface CloseFrame {
  readonly type: 'close';
  readonly session: number;
  readonly token: string;
  readonly reason: DisconnectReason;
}

/** First frame of a known session on a new link: what of the receiver's traffic arrived, so that the rest is sent again. */
export interface ResumeFrame {
  readonly type: 'resume';
  readonly session: number;
  readonly from: number;
  readonly token: string;
  /** Sequence number of the last payload frame that arrived here. */
  readonly received: number;
  /** Payload bytes the receiver of this frame may send in total, modulo 2^32. */
  readonly creditLimit: number;
}

/** One text message. Sequence numbers start at 1 in each direction and wrap at 2^32. */
export interface TextFrame {
  readonly type: 'text';
  readonly session: number;
  readonly sequence: number;
  /** Cumulative: the last payload frame of the other direction that arrived. */
  readonly acknowledgement: number;
  readonly text: string;
  /** UTF-8 length of `text`. */
  readonly bytes: number;
}

/** One piece of data; pieces of one `sendData` are in order, and texts may stand between them. */
export interface DataFrame {
  readonly type: 'data';
  readonly session: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly payload: Uint8Array;
}

export interface AcknowledgeFrame {
  readonly type: 'acknowledge';
  readonly session: number;
  readonly acknowledgement: number;
  /** As in ResumeFrame. */
  readonly creditLimit: number;
}

/** Asks for a sign of life; answered by the link itself. */
export interface PingFrame {
  readonly type: 'ping';
  readonly session: 0;
}

export interface PongFrame {
  readonly type: 'pong';
  readonly session: 0;
}
