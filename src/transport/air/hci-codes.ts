/** Numbers of the Host Controller Interface that the air uses. Source: Core Specification 5.3, volume 4, part E. */

/** First byte of an H4 packet. Source: volume 4, part A, section 2. */
export const PacketType = { command: 0x01, acl: 0x02, event: 0x04 } as const;

/** Bytes before the parameters of a command: type, opcode, length. */
export const COMMAND_HEADER_BYTES = 4;
/** Bytes before the payload of ACL data: type, handle with flags, length. Source: section 5.4.2. */
export const ACL_HEADER_BYTES = 5;
/** The lower twelve bits of an ACL header name the connection. */
export const HANDLE_MASK = 0x0fff;
/** Packet boundary flag of an ACL header, in place. Source: section 5.4.2. */
export const Boundary = {
  mask: 0x3000,
  firstFromHost: 0x0000,
  continuing: 0x1000,
  firstFromController: 0x2000,
} as const;

/** Source: volume 1, part F, section 1.3. */
export const HciError = {
  success: 0x00,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  keyMissing: 0x06,
  memoryExceeded: 0x07,
  connectionTimeout: 0x08,
  connectionLimit: 0x09,
  commandDisallowed: 0x0c,
  unsupportedFeature: 0x11,
  invalidParameters: 0x12,
  remoteUserEnded: 0x13,
  remotePowerOff: 0x15,
  localHostEnded: 0x16,
  unsupportedRemoteFeature: 0x1a,
  micFailure: 0x3d,
  failedToEstablish: 0x3e,
} as const;
export type HciError = (typeof HciError)[keyof typeof HciError];

/** Source: section 7.7. */
export const HciEvent = {
  disconnectionComplete: 0x05,
  encryptionChange: 0x08,
  readRemoteVersionComplete: 0x0c,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  numberOfCompletedPackets: 0x13,
  leMeta: 0x3e,
} as const;
export type HciEvent = (typeof HciEvent)[keyof typeof HciEvent];

/** Subevents of LE Meta. Source: section 7.7.65. */
export const LeEvent = {
  connectionComplete: 0x01,
  advertisingReport: 0x02,
  connectionUpdateComplete: 0x03,
  readRemoteFeaturesComplete: 0x04,
  longTermKeyRequest: 0x05,
  dataLengthChange: 0x07,
  phyUpdateComplete: 0x0c,
} as const;
export type LeEvent = (typeof LeEvent)[keyof typeof LeEvent];

/** Group (upper six bits) and command within it. Source: sections 7.1 to 7.8. */
export const Opcode = {
  disconnect: 0x0406,
  readRemoteVersion: 0x041d,
  setEventMask: 0x0c01,
  reset: 0x0c03,
  setEventFilter: 0x0c05,
  writeLocalName: 0x0c13,
  setEventMaskPage2: 0x0c63,
  readLeHostSupport: 0x0c6c,
  writeLeHostSupport: 0x0c6d,
  readLocalVersion: 0x1001,
  readSupportedCommands: 0x1002,
  readSupportedFeatures: 0x1003,
  readBufferSize: 0x1005,
  readAddress: 0x1009,
  readRssi: 0x1405,
  leSetEventMask: 0x2001,
  leReadBufferSize: 0x2002,
  leReadLocalFeatures: 0x2003,
  leSetRandomAddress: 0x2005,
  leSetAdvertisingParameters: 0x2006,
  leReadAdvertisingPower: 0x2007,
  leSetAdvertisingData: 0x2008,
  leSetScanResponseData: 0x2009,
  leSetAdvertisingEnable: 0x200a,
  leSetScanParameters: 0x200b,
  leSetScanEnable: 0x200c,
  leCreateConnection: 0x200d,
  leCreateConnectionCancel: 0x200e,
  leReadAcceptListSize: 0x200f,
  leClearAcceptList: 0x2010,
  leAddToAcceptList: 0x2011,
  leRemoveFromAcceptList: 0x2012,
  leConnectionUpdate: 0x2013,
  leReadChannelMap: 0x2015,
  leReadRemoteFeatures: 0x2016,
  leRand: 0x2018,
  leStartEncryption: 0x2019,
  leLongTermKeyReply: 0x201a,
  leLongTermKeyNegativeReply: 0x201b,
  leReadSupportedStates: 0x201c,
  leSetDataLength: 0x2022,
  leReadSuggestedDataLength: 0x2023,
  leWriteSuggestedDataLength: 0x2024,
  leReadMaximumDataLength: 0x202f,
  leReadPhy: 0x2030,
  leSetDefaultPhy: 0x2031,
  leSetPhy: 0x2032,
} as const;
