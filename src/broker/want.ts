/** What onCollaborate gets. */
import { WantKeys } from '../protocol/codes.js';
import type { Want } from './interface.js';
import type { Offer } from './offers.js';

/** PeerInfo describes who asks; the options are the app's to change. Source: reference-behaviour 2.7. */
export function wantOf({ deviceId, frame }: Offer): Want {
  const options = { ...frame.options, parameters: { ...frame.options.parameters } };
  return {
    [WantKeys.COLLABORATE_PARAMETERS]: {
      PeerInfo: { deviceId, ...frame.source, serviceName: frame.serviceName },
      ConnectOptions: options,
      ConnectOption: options,
      [WantKeys.TOKEN]: frame.token,
    },
  };
}
