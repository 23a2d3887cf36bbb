// What stands in an answer that is not trusted to be of any shape?

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
export const textIn = (fields: Fields, name: string): string => (typeof fields[name] === "string" ? fields[name] : "");
export const numberIn = (fields: Fields, name: string): number => (typeof fields[name] === "number" && Number.isFinite(fields[name]) ? fields[name] : 0);
export const textsIn = (fields: Fields, name: string): string[] => (Array.isArray(fields[name]) ? fields[name].filter((text) => typeof text === "string") : []);

/** Null when it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
