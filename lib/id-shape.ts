/** The shape of every id in a request, also where zod is not at hand. What it names is judged by the operation. */
export const ID_SHAPE = /^[a-z]{3}_[0-9A-Za-z]{1,40}$/;

/** The id of who can make a key: a member or a key. */
export const CREATOR_ID_SHAPE = /^(?:usr|key)_[0-9a-z]{24}$/;
