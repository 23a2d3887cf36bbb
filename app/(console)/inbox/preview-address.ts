/** Where what stands beside the list is read. */
export const previewAddress = (key: string): string => `/api/console/items/${encodeURIComponent(key)}/preview`;
