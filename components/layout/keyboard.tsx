"use client";

import dynamic from "next/dynamic";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { tinykeys } from "tinykeys";
import { paths } from "../../lib/paths.ts";
import { isTyping } from "./is-typing.ts";
import { bindingOf, keyOf } from "./key-of.ts";
import { areKeysOn } from "./keys-setting.ts";
import { isList, listOf } from "./list-of.ts";
import { LETTER_OF } from "./nav-letters.ts";
import { NAV_ENTRIES } from "./navigation.ts";
import { pressStop } from "./press-stop.ts";
import { useChosenKeys } from "./use-chosen-keys.ts";

const KeyHelp = dynamic(() => import("./key-help.tsx").then((module) => module.KeyHelp), { ssr: false });

const seen = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => element.checkVisibility());

const rowWithFocus = (key: string): Element | null => document.activeElement?.closest(`[data-acts~="${key}"]`) ?? null;

/** Where Enter opens a row: the link that is as large as it, or what the row itself names. */
const rowLinks = () => seen("main :is(a.stretch, [data-row])");

/** Past the last row of a page the next page begins, unless `onTurn` is null; where the way leads back, its last row is wanted. */
function moveInRows(step: 1 | -1, onTurn: ((wanted: "first" | "last") => void) | null): boolean {
  const rows = rowLinks();
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at === -1 ? (step === 1 ? rows[0] : rows.at(-1)) : rows[at + step];
  if (next) next.focus();
  else if (onTurn !== null) {
    const [turn] = seen(`main a[rel="${step === 1 ? "next" : "prev"}"]`);
    if (turn) onTurn(step === 1 ? "first" : "last");
    turn?.click();
  }
  return rows.length > 0;
}

/** The row that has the focus; where it stays. Null: it has none, or cannot be selected. */
function boxInRow(): HTMLInputElement | null {
  const [box] = [...(rowWithFocus("x")?.querySelectorAll<HTMLInputElement>('[data-key="x"] input') ?? [])].filter((each) => each.checkVisibility());
  return box ?? null;
}

function selectInRow(): boolean {
  const box = boxInRow();
  box?.click();
  return box !== null;
}

/** Row by row, and what cannot be selected is passed over. */
function extendInRows(step: 1 | -1): boolean {
  if (rowWithFocus("x") === null) return false;
  const select = () => {
    const box = boxInRow();
    if (box?.checked === false) box.click();
  };
  select();
  moveInRows(step, null);
  select();
  return true;
}

function moveInTabs(step: 1 | -1): boolean {
  const current = seen("main .tabs a[aria-current]");
  const tab = current.find((each) => each.parentElement?.contains(document.activeElement)) ?? current[0];
  const tabs = seen("main .tabs a:not(.trace-back)").filter((each) => each.parentElement === tab?.parentElement);
  const next = tab && tabs[tabs.indexOf(tab) + step];
  next?.click();
  return next !== undefined;
}

/** What stands for the whole page; otherwise in the row that has the focus, where its rows answer to this key; otherwise the first of all. */
function controlOf(key: string): HTMLElement | undefined {
  const row = rowWithFocus(key);
  const controls = seen(`main [data-key="${key}"]`);
  return controls.find((control) => control.closest("[data-acts]") === null) ?? controls.find((control) => row === null || row.contains(control));
}

/** `press` does what a click does; otherwise the control is only named by the focus, unless it is one that does no more than open what is named. */
function atControl(key: string, press: boolean): HTMLElement | null {
  const control = controlOf(key);
  control?.focus();
  if (press || control?.dataset["opens"] !== undefined) control?.click();
  return control ?? null;
}

/** The focus stays in the row where somebody reads. */
function pressControl(key: string): boolean {
  const control = controlOf(key);
  control?.click();
  return control !== undefined;
}

/** As soon as the page has it. Whoever presses anything before that went on to something else. */
function focusWhenThere(find: () => HTMLElement | undefined): () => void {
  const gone = new AbortController();
  const look = () => {
    const control = find();
    control?.focus();
    if (control) gone.abort();
  };
  const observer = new MutationObserver(look);
  gone.signal.addEventListener("abort", () => observer.disconnect());
  for (const event of ["keydown", "pointerdown"]) window.addEventListener(event, () => gone.abort(), { capture: true, signal: gone.signal });
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return () => gone.abort();
}

/** Single letters never fire in a field, in a dialog or on repeat, and can be exchanged or switched off (WCAG 2.1.4). Draws the list of keys when asked. */
export function Keyboard() {
  const router = useRouter();
  const chosen = useChosenKeys();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [wasHelpOpen, setWasHelpOpen] = useState(false);
  if (isHelpOpen && !wasHelpOpen) setWasHelpOpen(true);
  /** The page that a key opened, and what of it is wanted: the first row, or what decides. */
  const opened = useRef<{ pathname: string; find: () => HTMLElement | undefined } | null>(null);
  /** The list that was looked at last, with its filters. */
  const list = useRef<string | null>(null);
  const turned = useRef<{ wanted: "first" | "last"; pathname: string } | null>(null);
  const pathname = usePathname();
  const page = useSearchParams().toString();
  useEffect(() => {
    if (isList(pathname)) list.current = page === "" ? pathname : `${pathname}?${page}`;
  }, [pathname, page]);
  // The page that j or k turned to is there: the focus goes on in it.
  useEffect(() => {
    const turn = turned.current;
    turned.current = null;
    if (turn?.pathname === pathname) rowLinks().at(turn.wanted === "first" ? 0 : -1)?.focus();
  }, [pathname, page]);
  useEffect(() => {
    const arrival = opened.current;
    opened.current = null;
    return arrival?.pathname === pathname ? focusWhenThere(arrival.find) : undefined;
  }, [pathname]);
  useEffect(() => {
    const single = (act: () => boolean) => (event: KeyboardEvent) => {
      if (event.repeat || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]") || !areKeysOn()) return;
      if (act()) event.preventDefault();
    };
    const each = (keys: string, act: (key: string) => boolean) => Object.fromEntries([...keys].map((key) => [key, single(() => act(key))]));
    const help = single(() => {
      setHelpOpen(true);
      return true;
    });
    const go = (href: string) => single(() => {
      // It is gone through row by row; rows elsewhere would hold still for somebody who only looks.
      if (href === paths.inbox()) opened.current = { pathname: href, find: () => rowLinks()[0] };
      // The entry, where it can be seen, says by itself that its page is on the way.
      const [entry] = seen(`nav a[href="${href}"]`);
      if (entry) entry.click();
      else router.push(href);
      return true;
    });
    const onTurn = (wanted: "first" | "last") => {
      turned.current = { wanted, pathname: window.location.pathname };
    };
    const toApprove = () => {
      const control = atControl("a", false);
      if (control instanceof HTMLAnchorElement) opened.current = { pathname: control.pathname, find: () => seen('main [data-key="a"]')[0] };
      return control !== null;
    };
    const back = () => {
      const item = window.location.pathname;
      const own = listOf(item);
      if (own === null) return false;
      const href = list.current ?? own;
      opened.current = { pathname: href.replace(/\?.*$/, ""), find: () => rowLinks().find((row) => row instanceof HTMLAnchorElement && row.pathname === item) };
      router.push(href);
      return true;
    };
    const leave = single(back);
    const places = NAV_ENTRIES.flatMap(({ key, href }) => (LETTER_OF[key] === undefined ? [] : [[`${bindingOf(keyOf("g", chosen))} ${LETTER_OF[key]}`, go(href)] as const]));
    const commands: Record<string, (event: KeyboardEvent) => void> = {
      j: single(() => moveInRows(1, onTurn)), k: single(() => moveInRows(-1, onTurn)), J: single(() => extendInRows(1)), K: single(() => extendInRows(-1)), x: single(selectInRow), "[": single(() => moveInTabs(-1)), "]": single(() => moveInTabs(1)),
      a: single(toApprove), ...each("reu.", (key) => atControl(key, true) !== null), ...each("npmhc", pressControl),
      "?": help,
    };
    return tinykeys(window, { Escape: (event) => void ((event.target instanceof Element && event.target.closest("form") !== null) || leave(event)), ...Object.fromEntries(places), ...Object.fromEntries(Object.entries(commands).map(([id, act]) => [bindingOf(keyOf(id, chosen)), act])) });
  }, [chosen, router]);
  // In a field and over a dialog too: whoever writes a reason need not leave it first.
  useEffect(() => tinykeys(window, {
    [bindingOf(keyOf("$mod+.", chosen))]: (event) => {
      if (pressStop()) event.preventDefault();
    },
  }, { ignore: ({ repeat }) => repeat }), [chosen]);
  // Once loaded it stays: closing gives the focus back, vanishing does not.
  return wasHelpOpen ? <KeyHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} /> : null;
}
