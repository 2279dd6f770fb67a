/** What a session's chart hears: from its app, of its link, and from its other half. */
import type { ConnectErrorCode, DisconnectReason } from '../protocol/codes.js';

export type SessionEvent =
  // Commands of the app here
  | { readonly type: 'connect'; readonly token: string }
  | { readonly type: 'acceptConnect'; readonly token: string; readonly remoteSessionId: number }
  | { readonly type: 'disconnect' }
  | { readonly type: 'destroy' }
  /** The app here went away for good. */
  | { readonly type: 'app.exit' }
  // Facts about the link to the peer
  | { readonly type: 'link.up' }
  | { readonly type: 'link.lost' }
  /** There will be no link, and why. */
  | { readonly type: 'link.refused'; readonly errorCode: ConnectErrorCode; readonly reason: string }
  // Facts from the session's other half
  | { readonly type: 'peer.accept'; readonly token: string; readonly remoteSessionId: number }
  | { readonly type: 'peer.confirm'; readonly token: string }
  | {
      readonly type: 'peer.resume';
      readonly token: string;
      readonly remoteSessionId: number;
      /** For the delivery, see ResumeFrame; the chart does not look at them. */
      readonly received: number;
      readonly creditLimit: number;
    }
  | {
      readonly type: 'peer.reject';
      readonly token: string;
      readonly errorCode: ConnectErrorCode;
      readonly reason: string;
    }
  | { readonly type: 'peer.close'; readonly token: string; readonly reason: DisconnectReason };
