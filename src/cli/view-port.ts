/** Where `view` listens unless told otherwise: beside the port of health and metrics. */
export const VIEW_PORT = 9_465
