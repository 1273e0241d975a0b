/** Where the console starts: the page of API keys explains itself what is missing before they are set up. */
export const HOME = "/api-keys";
