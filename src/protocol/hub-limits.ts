/** The numbers between a hub and its MQTT broker; all others are in limits.ts. docs/limits.md lists both. */

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Hub links that are kept and shown; the one not seen for longest makes room, and where none is away, a new one is not shown. */
export const MAX_HUB_LINKS = 2_048;
/** Services that a hub talks to. */
export const MAX_HUB_SERVICES = 128;
/** How long a hub link is kept without its device being seen: 30 days. */
export const HUB_LINK_KEPT_MS = 2_592_000_000;
/** Longest name that a hub link may be given. */
export const MAX_LINK_NAME_CHARACTERS = 64;
/** Forgotten hub links: they stay away. Beyond it the one forgotten longest ago is shown again when its device is seen. */
export const MAX_FORGOTTEN_LINKS = 2_048;
/** Longest slug, in characters: a level of a topic, part of an id of Home Assistant. Source: ecosystem A1. */
export const MAX_SLUG_CHARACTERS = 64;
/** Longest packet an MQTT broker may send to the hub: data and change. An MQTT 3.1.1 broker is not told; what is longer is refused. */
export const MAX_MQTT_PACKET_BYTES = MIB + 4 * KIB;
/** Longest data by MQTT, in either direction; longer data of a peer is announced and not published. */
export const MAX_MQTT_DATA_BYTES = MIB;
/** Longest body of a request by MQTT: base64 data up to 48 KB; more data goes by `set/data`. */
export const MAX_MQTT_REQUEST_BYTES = 64 * KIB;
/** Longest topic that an answer may be sent to. */
export const MAX_RESPONSE_TOPIC_BYTES = 256;
/** Longest correlation data that is sent back. */
export const MAX_CORRELATION_BYTES = 256;
/** Requests and commands by MQTT that wait for their outcome; further ones are refused. */
export const MAX_HUB_CALLS_IN_FLIGHT = 256;
/** Requests and commands other than payload: so many at once, and so many a second in the long run; further ones are refused. */
export const HUB_CALLS_BURST = 100;
export const HUB_CALLS_PER_SECOND = 20;
/** Times that everything is published anew because somebody asked for it, by `restart` or as Home Assistant: at once, and a minute in the long run. */
export const HUB_RENEWALS_BURST = 5;
export const HUB_RENEWALS_PER_MINUTE = 1;
/** Lines of the log that whoever publishes by MQTT can cause: at once, and an hour in the long run; what is left out is counted. */
export const HUB_LINES_BURST = 10;
export const HUB_LINES_PER_HOUR = 6;
/** Longest such line. */
export const MAX_HUB_LINE_CHARACTERS = 256;
/** Publications that the MQTT broker has not acknowledged; further ones wait. */
export const MQTT_IN_FLIGHT = 64;
/** Events and answers that wait for the MQTT broker; the oldest is dropped first, and counted. Of a state only the latest waits. */
export const MAX_MQTT_QUEUE = 1_024;
export const MAX_MQTT_QUEUE_BYTES = 4 * MIB;
/** How long a connection to an MQTT broker may take. */
export const MQTT_OPEN_TIMEOUT_MS = 10_000;
/** The MQTT broker publishes the will after one and a half of these without a packet. Source: MQTT 5.0, section 3.1.2.10. */
export const MQTT_KEEP_ALIVE_MS = 20_000;
/** How long an MQTT broker may keep an event for a subscriber that is away. */
export const MQTT_EVENT_EXPIRY_MS = 60_000;
/** Longest wait, at random, before everything is sent again to a Home Assistant that came back. Source: ecosystem A1. */
export const HUB_BIRTH_DELAY_MS = 10_000;
/** How long a hub looks for what it left on the MQTT broker in an earlier run. Source: ecosystem A1. */
export const HUB_CLEAN_UP_MS = 5_000;
/** Retained topics that are kept in mind while a hub looks whether they are its own; others stay until its next start. */
export const MAX_LEFTOVERS = 32_768;
/** Places where a hub published earlier and has not looked since: another hub id, base or prefix of discovery. */
export const MAX_FORMER_PLACES = 16;
/** Pause between taking an entity away and adding it again, or Home Assistant makes a second one. Source: ecosystem A6. */
export const HUB_ADD_AGAIN_MS = 2_000;
/** Shortest time between two lists of sessions. Source: ecosystem A4. */
export const HUB_SESSIONS_UPDATE_MS = 250;
/** How often a hub says how it is, and drops links that were away for too long. Source: ecosystem A4. */
export const HUB_HEALTH_MS = 60_000;
/** How often a hub writes down when it saw its devices last. */
export const HUB_SAVE_MS = 3_600_000;
/** How often a hub publishes a signal strength that changed. */
export const HUB_RSSI_UPDATE_MS = 30_000;
