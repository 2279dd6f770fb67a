/** Reasons of a failed attempt that are told to people, and told apart by the diagnosis. */

/** Travels: the far broker says it. */
export const TOO_MANY_REQUESTS = 'too many requests are waiting';
export const OWN_DEVICE = 'the peer is this device';
export const TOO_MUCH_UNHEARD = 'payload of earlier connections waits for a listener here';
