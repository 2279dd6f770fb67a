/** Every number that peers, apps and clients can notice: once, with its unit and its source. */

const KIB = 1_024;
const MIB = 1_024 * KIB;

// What apps may ask

/** Longest text message, in UTF-8 bytes. Source: sendMessage, "1 KB"; bytes, not characters: decision 0003. */
export const MAX_MESSAGE_BYTES = KIB;
/** Data must be shorter than this many bytes. Source: reference-behaviour 3.4, "1 byte … < 80 MiB". */
export const MAX_DATA_BYTES = 80 * MIB;
/** Longest `serviceName`, in characters. Source: createAbilityConnectionSession, "a maximum of 256 characters". */
export const MAX_SERVICE_NAME_CHARACTERS = 256;
/** Longest other name or token, in UTF-8 bytes (exclusive). Source: reference-behaviour 4, "< 1024 B". */
export const MAX_NAME_BYTES = KIB;
/** Longest rejection reason that travels, in UTF-8 bytes. */
export const MAX_REASON_BYTES = KIB;
/** All of `ConnectOptions.parameters`, keys and values, in UTF-8 bytes. */
export const MAX_PARAMETERS_BYTES = 4 * KIB;
/** Number of the first session. Source: reference-behaviour 2.1. */
export const FIRST_SESSION_ID = 100;
/** Random bits of a token are eight times this. Source: design 3. */
export const TOKEN_BYTES = 16;

// How long things may take, in milliseconds

/** The whole of `connecting` or `accepting`. Source: reference-behaviour 2.5, COLLAB_TIMEOUT. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** How long a suspended session waits for its link. Source: design 3. */
export const RESUME_WINDOW_MS = 30_000;
/** How long a registered app may be without its client before its sessions end with PEER_APP_EXIT. Source: design 5. */
export const APP_GRACE_MS = 10_000;
/** One attempt to open a link, from dialling to the last handshake message. */
export const LINK_OPEN_TIMEOUT_MS = 8_000;
/** Wait before the n-th redial: the first at once, if the link had lasted; then doubling up to the longest. */
export const REDIAL_FIRST_MS = 250;
export const REDIAL_LONGEST_MS = 5_000;
/** A link that lasted this long ends the count of failures in a row: its loss is followed by a dial at once. */
export const LINK_LASTED_MS = 5_000;
/** A link without sessions is kept this long, so that the next session opens in one round trip. */
export const LINK_LINGER_MS = 60_000;
/** The same at a device that can hold one link only: another one may want it. */
export const ONLY_LINK_LINGER_MS = 2_000;
/** A secured link that heard nothing for this long asks; after the silence limit it is dead. */
export const KEEP_ALIVE_MS = 5_000;
export const LINK_SILENCE_MS = 15_000;

// Between two devices

/** Version of everything in docs/peer-protocol.md. */
export const PEER_PROTOCOL_VERSION = 1;
/** Most segments in flight; below the 168 packets a stalled Linux host keeps. Source: ble.md 6.3, design 4. */
export const SEGMENT_WINDOW = 64;
/** First retransmission wait of a segment, and its ceiling. */
export const RETRANSMIT_FIRST_MS = 250;
export const RETRANSMIT_LONGEST_MS = 2_000;
/** A segment sent this often without an acknowledgement breaks the link. */
export const MAX_TRANSMISSIONS = 8;
/** How long an acknowledgement of segments waits for a packet to ride on, unless half a window is due. */
export const ACKNOWLEDGE_DELAY_MS = 20;
/** Longest record on the wire, in bytes: the largest Noise message. Source: Noise specification, section 3. */
export const MAX_RECORD_BYTES = 65_535;
/** What sealing adds to a record, in bytes: the Poly1305 tag. Source: RFC 8439, section 2.8. */
export const SEAL_BYTES = 16;
/** Longest handshake record, in bytes; anything longer from a stranger breaks the link. */
export const MAX_HANDSHAKE_BYTES = KIB;
/** Who a device says it is, in UTF-8 bytes; a hello of them fits every handshake record. */
export const MAX_DEVICE_ID_BYTES = 128;
/** Source: Bluetooth Core Specification, volume 3, part C, section 3.2.2: a device name has at most 248 bytes. */
export const MAX_DEVICE_NAME_BYTES = 248;
export const MAX_EPOCH_BYTES = 64;
/** Records sealed with one key before the link must be opened anew: the counter that is the nonce has 32 bits. */
export const MAX_RECORDS_PER_KEY = 0xffff_fff0;
/** Largest piece of data in one frame, in bytes. */
export const MAX_CHUNK_BYTES = 60 * KIB;
/** Packets that one piece of data fills: a text waits for that long, and the 31 bytes around a piece take 1.6 % of 8 packets of 244 bytes. */
export const CHUNK_SEGMENTS = 8;
/** With small packets as many more as bring a record to this length, in bytes: otherwise what is around a piece would be most of it. */
export const SMALLEST_CHUNK_RECORD_BYTES = 512;
/** Largest piece of data where frames pass by reference, in bytes: nothing is copied, so only the credit cuts it smaller. */
export const HAND_OVER_CHUNK_BYTES = MIB;
/** After a probe, a link that hears nothing for this long is dead; about ten connection intervals of a slow radio and a resend. */
export const PROBE_TIMEOUT_MS = 2_000;
/** A handshake that was refused stays this long for the refusal to arrive. */
export const REFUSAL_LINGER_MS = 1_000;
/** Payload bytes one side may send beyond what the other has consumed, per session and direction. Source: design 4, credits. */
export const CREDIT_WINDOW_BYTES = 256 * KIB;
/** What one message costs in credit besides its payload, in bytes: it bounds empty texts, too. */
export const MESSAGE_COST_BYTES = 64;
/** Consumed bytes that are granted back even when acknowledgements ride on other frames: a quarter of the window. */
export const CREDIT_STEP_BYTES = CREDIT_WINDOW_BYTES / 4;
/**
 * A piece of data is cut to fit the credit only down to this many bytes, or little credit would make ever smaller pieces. As many as come
 * back at a time, see CREDIT_STEP_BYTES: data that fits in whole then mostly goes whole, and is not joined over there.
 */
export const SMALLEST_CUT_BYTES = 64 * KIB;
/** Credit that data leaves to texts: where nobody takes data, texts still pass. Fifteen of the longest at a time. */
export const TEXT_CREDIT_BYTES = 16 * KIB;
/** Payload of ended connections that may wait in a session for a listener, in credit; with more it takes up no new connection. */
export const MAX_UNHEARD_BYTES = MIB;
/** Payload bytes that may wait in one session for credit or link before a send is refused: one largest data and change. */
export const MAX_QUEUED_BYTES = MAX_DATA_BYTES + MIB;
/** Requests to connect from one device within the connect timeout that no session took; further ones are refused. */
export const MAX_PENDING_OFFERS = 256;
/** Answered requests that are remembered in case they are asked again on a new link; beyond that the app is asked again. */
export const MAX_KEPT_ANSWERS = 4_096;
/** Incoming links that have not finished their handshake; further ones are closed. */
export const MAX_HANDSHAKES = 16;
/** Batches of frames that a link keeps for a reader who has not come yet; one more ends it. */
export const MAX_UNREAD_BATCHES = 256;
/** Devices whose keys are remembered; the one not met for longest is forgotten first. */
export const MAX_PINNED_DEVICES = 1_024;

// Over Bluetooth LE

/** A device that was not heard for this long is out of range: ten seconds hold some fifty advertisements of a phone. */
export const GONE_AFTER_MS = 10_000;
/** How long a hint and a card stay the same. Source: Core Specification 5.3, volume 3, part C, appendix A: TGAP(private_addr_int). */
export const HINT_ROTATE_MS = 900_000;
/** How often a central visits a peripheral that it hears all the time: to show itself, and to learn a new name. */
export const VISIT_AGAIN_MS = 240_000;
/** How long a peripheral holds a central in range after its visit: two visits may fail. */
export const CARD_LASTS_MS = 600_000;
/** One visit, at the longest. */
export const VISIT_TIMEOUT_MS = 5_000;
/** The wait after a visit that failed, doubled up to the longest; the first also after one that succeeded. */
export const VISIT_RETRY_FIRST_MS = 1_000;
export const VISIT_RETRY_LONGEST_MS = 60_000;
/** How long a peripheral asks for a link to one device before it asks for the next one: twice the time to be heard and dialled. */
export const WANT_TURN_MS = 3_000;
/** Devices of the account that are known by radio; the one not heard for longest is forgotten first. */
export const MAX_KNOWN_DEVICES = 256;
/** Devices of other accounts that are shown at a time; further ones are not. */
export const MAX_STRANGER_DEVICES = 64;
/** Radio addresses that may show the same device tag: recorded hints can be replayed from any number of them. */
export const MAX_ADDRESSES_PER_TAG = 4;
/** A central that has connected and not subscribed for this long is disconnected: it keeps everyone else out. */
export const SUBSCRIBE_TIMEOUT_MS = 10_000;
/** Packets that a central may send before it has subscribed; they are dropped, and one more ends the connection. */
export const MAX_STRAY_PACKETS = 16;
/** Cards that a central may leave per connection; further ones are refused. */
export const MAX_CARDS_PER_CONNECTION = 4;

// What a broker remembers of its sessions

/** Entries of one session's trace; the oldest goes first. Some ten make a connection, some eight more each suspension and resume. */
export const MAX_TRACE_ENTRIES = 128;
/** Traces of destroyed sessions that can still be read: "why did it fail" is asked afterwards. */
export const MAX_KEPT_TRACES = 256;

// Between the gateway and its clients

/** Version of everything in docs/gateway.md. */
export const GATEWAY_PROTOCOL_VERSION = 1;
/** Longest frame from a client that has not authenticated, in bytes; more closes the connection before it is read. */
export const MAX_STRANGER_FRAME_BYTES = 4 * KIB;
/** How long a client may take to authenticate. */
export const AUTHENTICATION_TIMEOUT_MS = 10_000;
/** Connections that have not authenticated; further ones are refused. */
export const MAX_STRANGERS = 1_024;
/** How long the answer to a wrong token waits, per failure of that address within FAILURE_MEMORY_MS, and at most. */
export const REFUSAL_DELAY_MS = 250;
export const REFUSAL_DELAY_LONGEST_MS = 2_000;
/** How long a wrong token is held against its address. */
export const FAILURE_MEMORY_MS = 60_000;
/** Origins of refused web pages that are logged, each once, within REFUSED_ORIGIN_MS. */
export const MAX_REFUSED_ORIGINS = 20;
/** How long a refused origin is not mentioned again. */
export const REFUSED_ORIGIN_MS = 3_600_000;
/** All connections; further ones are refused. */
export const MAX_CLIENTS = 20_000;
/** Longest JSON frame of an authenticated client, in UTF-8 bytes: base64 data up to 48 KB; more data goes in binary frames. */
export const MAX_TEXT_FRAME_BYTES = 64 * KIB;
/** Longest request id that is a string, in characters: it is repeated in the answer. */
export const MAX_REQUEST_ID_CHARACTERS = 64;
/** Longest token that is looked at, in characters; ours have 43. */
export const MAX_TOKEN_CHARACTERS = 256;
/** Access tokens that a gateway knows; further ones are refused. */
export const MAX_TOKENS = 1_024;
/** The last use of a token is kept to this step: enough to find those that nobody uses. */
export const TOKEN_USE_STEP_MS = 3_600_000;
/** Longest name, bundle or permission of a token, in characters, and the most permissions. */
export const MAX_GRANT_TEXT_CHARACTERS = 256;
export const MAX_GRANT_PERMISSIONS = 64;
/** Calls of one connection in a second, with a burst of as many; further ones are refused. For a client that has run wild, not a fast one. */
export const CALLS_PER_SECOND = 20_000;
/** The same for all connections and HTTP requests of one access token. */
export const TOKEN_CALLS_PER_SECOND = 250_000;
/** Refused calls in a second; a client that goes on beyond is closed. */
export const RATE_REFUSALS_PER_SECOND = 1_000;
/** Connections of one access token: a hundred stay free for others. */
export const MAX_CLIENTS_PER_TOKEN = 19_900;
/** Connections of one address other than this machine: less than there may be strangers, so none shuts all others out. */
export const MAX_CLIENTS_PER_ADDRESS = 1_000;
/** Sessions that one app holds through the gateway, resting ones included; further ones are refused. */
export const MAX_SESSIONS_PER_APP = 10_000;
/** Calls of one connection that wait for their answer; further ones are refused. */
export const MAX_CALLS_IN_FLIGHT = 256;
/** Longest idempotency key, in characters, which are printable ASCII. */
export const MAX_IDEMPOTENCY_KEY_CHARACTERS = 64;
/** Calls of one app that are remembered by their idempotency key; four times what a client may have unanswered. */
export const MAX_REMEMBERED_CALLS = 1_024;
/** Their keys and answers, in bytes; the call that was answered or repeated longest ago is forgotten first. */
export const MAX_REMEMBERED_BYTES = 512 * KIB;
/** How long an answered call is remembered: a dead connection may go unnoticed for two pings, then comes the grace period. */
export const REMEMBER_CALL_MS = 120_000;
/** What a remembered call is counted with besides key and answer, in bytes. */
export const REMEMBERED_CALL_COST_BYTES = 128;
/** Data in the calls of one connection that wait for their answer, in bytes: one largest and change. */
export const MAX_CALL_BYTES_IN_FLIGHT = MAX_DATA_BYTES + MIB;
/** Answers and updates that may wait for one connection, in bytes; a client that leaves more unread is closed. */
export const CLIENT_QUEUE_BYTES = 8 * MIB;
/** Events of one app that are on their way to its client or wait for it, in bytes; from here on its peers are held back. */
export const EVENT_WINDOW_BYTES = MIB;
/** Events are confirmed by a ping and its pong: after so many, or a quarter of the window, or with the next regular ping. */
export const CONFIRM_EVERY_EVENTS = 256;
/** What an event is counted with besides its length, in bytes: it bounds empty ones, too. */
export const EVENT_COST_BYTES = 64;
/** How often the gateway pings; a client that was silent for two of these is closed. */
export const PING_INTERVAL_MS = 25_000;
/** How long a client may take to send an HTTP request. */
export const HTTP_TIMEOUT_MS = 10_000;
/** How long a gateway that is asked to end goes on answering the calls that are under way. */
export const DRAIN_TIMEOUT_MS = 5_000;
/** Longest body of the page's own small requests, in bytes: a login code, a switch of the demo. */
export const MAX_PAGE_BODY_BYTES = KIB;
/** How long a login code that nobody has used is valid. */
export const LOGIN_CODE_LIFETIME_MS = 3_600_000;
/** How long a closed connection may take to say goodbye. */
export const GOODBYE_TIMEOUT_MS = 2_000;
/** A client with more than this share of its queue unread is told that it reads too slowly. */
export const LAG_QUEUE_SHARE = 0.5;
/** Changes that a subscription can catch up on after a lost connection; those that the client may see. */
export const FEED_HISTORY = 256;
/** Traces that one connection may subscribe to; further ones are refused. */
export const MAX_TRACE_SUBSCRIPTIONS = 16;
/** Bundles whose changes are kept although nobody watches them now; the one not watched for longest is forgotten first. */
export const MAX_UNWATCHED_FEEDS = 64;
/** Connections to /v1/inspect; further ones are closed. Each event is written for each of them. */
export const MAX_INSPECTORS = 8;
/** Sessions that an inspector is told of at once, the newest; of others when something happens to them. */
export const MAX_INSPECTED_SESSIONS = 128;
/** Shortest time between two updates of the devices nearby: signal strength changes with every advertisement. */
export const NEARBY_UPDATE_MS = 500;
