/** Texts of the area `communities`. */
export const communities = {
} as const
