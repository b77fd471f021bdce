/** The set-up's form, which its button stands outside of: the keyboard comes to Train before it comes to the fields. */
export const SET_UP = "set-up";
