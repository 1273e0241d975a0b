import { withoutUnseen } from "@/lib/unseen";

/** The longest text that names can be searched for, in UTF-16 units. */
export const MAX_SEARCH = 100;

/** What of a typed or shared text names are searched for: always something that the API accepts. */
export const searchText = (text: string): string => withoutUnseen(text, MAX_SEARCH);
