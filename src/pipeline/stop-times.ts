/**
 * How long a poll may go on after the stop, so that what the queue has just handed out still arrives, ms. What is handed out to a
 * poll that was cut off all the same stays invisible for its visibility timeout, and nobody here knows of it.
 */
export const POLL_GRACE_MS = 500
/** How long actions have to reach a point where they can be left, ms: on top of the time until `hurry`. */
export const LEAVE_MS = 2_000
/** How long giving back may take at the end of a stop, ms: on top of the time until `hurry`. */
export const GIVE_BACK_MS = 5_000

/** What a stop may take beyond the time until `hurry`, ms. */
export const STOP_RESERVE_MS = LEAVE_MS + GIVE_BACK_MS
