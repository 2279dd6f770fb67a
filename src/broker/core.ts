/** What the calls of every app share: the parts of one broker. */
import type { RadioState } from '../protocol/codes.js';
import type { AvailableDevice } from '../protocol/collaboration.js';
import type { Announcer } from './announcer.js';
import type { Apps } from './apps.js';
import type { FarSide } from './far-side.js';
import type { Offers } from './offers.js';
import type { Peers } from './peers.js';
import type { Sessions } from './sessions.js';

export interface BrokerCore {
  readonly deviceId: string;
  /** False: every create gives 801. Source: reference-behaviour 6, device-management control. */
  readonly isCollaborationEnabled: boolean;
  readonly apps: Apps;
  readonly sessions: Sessions;
  readonly offers: Offers;
  readonly farSide: FarSide;
  readonly peers: Peers;
  readonly announcer: Announcer;
  radioState(): RadioState;
  listDevices(): readonly AvailableDevice[];
}
