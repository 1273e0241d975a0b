/** The permissions to read these products. */
export const read = (...products: string[]) => products.map((product) => `${product}:read`);

/** The permissions to write to these products. */
export const write = (...products: string[]) => products.map((product) => `${product}:write`);
