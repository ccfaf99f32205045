/** Texts of the area `chat`. */
export const chat = {
} as const
