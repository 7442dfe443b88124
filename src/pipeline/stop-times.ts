/** How long a poll may go on after the stop, so that what the queue has just handed out still arrives, ms. */
export const POLL_GRACE_MS = 200
/** How long giving back may take at the end of a stop, ms: on top of the time until `hurry`. */
export const GIVE_BACK_MS = 5_000

/** How long actions have to reach a point where they can be left, ms: on top of the time until `hurry`. */
export const LEAVE_MS = 2_000
