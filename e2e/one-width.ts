// What is the same at every width: what people may do, what is stored, what keys do. It is looked at on a wide page; that each page and dialog is good on a phone is looked at elsewhere.

export const ONE_WIDTH = { tag: "@one-width" } as const;
