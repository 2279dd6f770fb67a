/** Reasons of a failed attempt that are told to people, and told apart by the diagnosis. */

/** Travels: the far broker says it. */
export const TOO_MANY_REQUESTS = 'too many requests are waiting';
export const OWN_DEVICE = 'the peer is this device';
