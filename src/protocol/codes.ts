/** Enumerations and constants of the API reference, with its names and numbers. Frozen: every app of a process has the same ones. */

/** Why `connect` failed. Source: reference, ConnectErrorCode; 5 is in the original's declaration, not in its page. */
export const ConnectErrorCode = Object.freeze({
  CONNECTED_SESSION_EXISTS: 0,
  PEER_APP_REJECTED: 1,
  /** The reference says Wi-Fi; Tandem's only radio is Bluetooth LE, so this is "the radio here is off". */
  LOCAL_WIFI_NOT_OPEN: 2,
  /** "The radio over there is off", see LOCAL_WIFI_NOT_OPEN. */
  PEER_WIFI_NOT_OPEN: 3,
  PEER_ABILITY_NO_ONCOLLABORATE: 4,
  SYSTEM_INTERNAL_ERROR: 5,
} as const);
export type ConnectErrorCode = (typeof ConnectErrorCode)[keyof typeof ConnectErrorCode];

/** Why a connected session ended. Source: reference, DisconnectReason. */
export const DisconnectReason = Object.freeze({
  PEER_APP_CLOSE_COLLABORATION: 0,
  PEER_APP_EXIT: 1,
  NETWORK_DISCONNECTED: 2,
} as const);
export type DisconnectReason = (typeof DisconnectReason)[keyof typeof DisconnectReason];

/** How the peer app is started when it is not running. Source: reference, StartOptionParams. */
export const StartOptionParams = Object.freeze({
  START_IN_FOREGROUND: 0,
  START_IN_BACKGROUND: 1,
} as const);
export type StartOptionParams = (typeof StartOptionParams)[keyof typeof StartOptionParams];

/** Kinds of 'collaborateEvent', for system apps. Source: reference, CollaborateEventType. */
export const CollaborateEventType = Object.freeze({
  SEND_FAILURE: 0,
  COLOR_SPACE_CONVERSION_FAILURE: 1,
} as const);
export type CollaborateEventType = (typeof CollaborateEventType)[keyof typeof CollaborateEventType];

/** What `onCollaborate` answers. Source: AbilityConstant.OnCollaborateResult (reference-behaviour 2.7). */
export const OnCollaborateResult = Object.freeze({ ACCEPT: 0, REJECT: 1 } as const);
export type OnCollaborateResult = (typeof OnCollaborateResult)[keyof typeof OnCollaborateResult];

/** Source: reference, CollaborationKeys. */
export const CollaborationKeys = Object.freeze({
  PEER_INFO: 'ohos.collaboration.key.peerInfo',
  CONNECT_OPTIONS: 'ohos.collaboration.key.connectOptions',
  COLLABORATE_TYPE: 'ohos.collaboration.key.abilityCollaborateType',
} as const);

/** Source: reference, CollaborationValues. */
export const CollaborationValues = Object.freeze({
  ABILITY_COLLABORATION_TYPE_DEFAULT: 'ohos.collaboration.value.abilityCollab',
  ABILITY_COLLABORATION_TYPE_CONNECT_PROXY: 'ohos.collaboration.value.connectProxy',
} as const);

/** The older way to say how the peer is started: `options[KEY_START_OPTION]`. Source: reference-behaviour 1.3. */
export const ConnectOptionParams = Object.freeze({
  KEY_START_OPTION: 'ohos.collabrate.key.start.option',
  VALUE_START_OPTION_FOREGROUND: 'ohos.collabrate.value.foreground',
  VALUE_START_OPTION_BACKGROUND: 'ohos.collabrate.value.background',
} as const);

/** Where the want keeps the collaboration parameters, and the token in them. Source: reference, acceptConnect example. */
export const WantKeys = Object.freeze({
  COLLABORATE_PARAMETERS: 'ohos.extra.param.key.supportCollaborateIndex',
  TOKEN: 'ohos.dms.collabToken',
} as const);

/** What an app needs to create a session. Source: reference, createAbilityConnectionSession, Required permissions. */
export const REQUIRED_PERMISSIONS = Object.freeze([
  'ohos.permission.INTERNET',
  'ohos.permission.GET_NETWORK_INFO',
  'ohos.permission.SET_NETWORK_INFO',
  'ohos.permission.DISTRIBUTED_DATASYNC',
] as const);

/** Which end of a stream. Source: reference-behaviour 1.3. */
export const StreamRole = Object.freeze({ SOURCE: 0, SINK: 1 } as const);
export type StreamRole = (typeof StreamRole)[keyof typeof StreamRole];

/** Source: reference-behaviour 1.3. */
export const FlipOptions = Object.freeze({ HORIZONTAL: 0, VERTICAL: 1 } as const);
export type FlipOptions = (typeof FlipOptions)[keyof typeof FlipOptions];

/** Source: reference-behaviour 1.3. */
export const VideoPixelFormat = Object.freeze({ UNKNOWN: -1, NV12: 0, NV21: 1 } as const);
export type VideoPixelFormat = (typeof VideoPixelFormat)[keyof typeof VideoPixelFormat];

/** States of a radio, in the words of Bluetooth stacks. */
export const RADIO_STATES = Object.freeze([
  'unknown',
  'unsupported',
  'unauthorized',
  'poweredOff',
  'poweredOn',
  'resetting',
] as const);
export type RadioState = (typeof RADIO_STATES)[number];

/** States of a session's chart (docs/session-chart.md). */
export const SESSION_STATES = Object.freeze([
  'created',
  'connecting',
  'accepting',
  'connected',
  'suspended',
  'disconnected',
  'rejected',
  'failed',
  'destroyed',
] as const);
export type SessionState = (typeof SESSION_STATES)[number];

/** Whose doing an entry of a trace is: the app, the session's chart, the chart of the peer or the radio, the link, the far side. */
export const TRACE_LANES = Object.freeze(['client', 'session', 'peer', 'link', 'far'] as const);
export type TraceLane = (typeof TRACE_LANES)[number];

/** What an entry of a trace is: a call, its result, an event without and one with a change of state, a frame of a session's life. */
export const TRACE_KINDS = Object.freeze(['call', 'result', 'event', 'state', 'frame'] as const);
export type TraceKind = (typeof TRACE_KINDS)[number];

/** The charts of docs/session-chart.md. */
export const MACHINE_NAMES = Object.freeze(['session', 'peer', 'radio'] as const);
export type MachineName = (typeof MACHINE_NAMES)[number];
