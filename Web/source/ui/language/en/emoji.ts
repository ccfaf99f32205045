/** Texts of the area `emoji`. */
export const emoji = {
} as const
