import fc from "fast-check";
import { expect, test } from "vitest";
import { asHtml, escapeHtml, html } from "./html.ts";

test("what is put in is escaped, what was written is not", () => {
  const name = `<script>alert("1")</script>&'`;
  expect(html`<p title="${name}">${name}${asHtml("<b>ours</b>")}${[html`<i>${1}</i>`]}${null}${false}</p>`.markup).toBe(
    `<p title="${escapeHtml(name)}">${escapeHtml(name)}<b>ours</b><i>1</i></p>`,
  );
});

test("no text ever opens a tag or ends an attribute, and none is lost", () => {
  const entities: [string, string][] = [["&lt;", "<"], ["&gt;", ">"], ["&quot;", '"'], ["&#39;", "'"], ["&amp;", "&"]];
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = escapeHtml(text);
    expect(escaped).not.toMatch(/[<>"']/);
    expect(entities.reduce((read, [entity, character]) => read.replaceAll(entity, character), escaped)).toBe(text);
  }));
});
