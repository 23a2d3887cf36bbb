/** The console's tokens and shapes, as far as this page uses them: nothing has to be fetched before it can be used. */
const LIGHT = "color-scheme:light;--bg:#f9fafb;--card:#fff;--sunk:#f1f3f5;--line:#dbdee2;--edge:#7d8692;--fg:#1a1f29;--fg2:#474d58;--focus:#1e65cf;--link:#1e65cf;--warn:#8a6100;--crit:#ae0900;--crits:#ffe9e5;--plate:#ffd23f;--rim:#1a1f29;--ring:#1a1f29";
const DARK = "color-scheme:dark;--bg:#0e1116;--card:#161a20;--sunk:#080a0e;--line:#31363e;--edge:#747a86;--fg:#eef0f4;--fg2:#b9bec6;--focus:#89c3ff;--link:#6a9ff0;--warn:#dcc423;--crit:#f4675f;--crits:#4c1715;--plate:#f2c230;--rim:#f2c230;--ring:#1a1f29";

export const STOP_STYLE = `
:root{${LIGHT}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
:root[data-theme=dark]{${DARK}}
*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%}
body{background:var(--bg);color:var(--fg);font:1rem/1.5rem system-ui,sans-serif;font-variant-numeric:tabular-nums;-webkit-font-smoothing:antialiased}
a{color:inherit;text-underline-offset:3px}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:4px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{display:flex;align-items:center;gap:12px;min-height:56px;padding:0 16px;border-bottom:1px solid var(--line)}
.top b{display:flex;align-items:center;gap:8px;letter-spacing:-.01em}
.env{border:1px solid var(--edge);border-radius:4px;padding:0 6px;color:var(--fg2);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.top a{margin-left:auto;display:inline-flex;align-items:center;min-height:48px;white-space:nowrap}
main{max-width:880px;margin:24px auto 48px;padding:0 16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:clip}
.card+.card{margin-top:16px}
.in{padding:20px 24px}
.in+*,.list+*,.list li+li{border-top:1px solid var(--line)}
h1{font-size:1.5rem;line-height:2rem;letter-spacing:-.018em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1rem;line-height:1.5rem}
.h{display:flex;gap:10px;align-items:flex-start}.h svg{margin-top:4px;flex:none}
p{color:var(--fg2);text-wrap:pretty;overflow-wrap:anywhere}
h1+p,p+p{margin-top:4px}
/* The choices scroll between what is asked and the button, so that nothing ever lies over them. */
.pick{display:flex;flex-direction:column;max-height:calc(100dvh - 96px)}
.pick>*{flex:none}.pick>.rows{flex:0 1 auto;min-height:200px;overflow-y:auto}
.opt{display:grid;grid-template-columns:20px minmax(0,1fr) auto;gap:0 12px;align-items:center;min-height:64px;padding:10px 24px;cursor:pointer}
.opt+.opt{border-top:1px solid var(--line)}
.opt input{width:20px;height:20px;margin:0;accent-color:var(--fg)}
.opt:has(:checked){background:var(--sunk)}
.opt:has(:focus-visible){outline:2px solid var(--focus);outline-offset:-2px}
.opt:has(:disabled){cursor:default}
.opt:has(:disabled) b{color:var(--fg2)}
.opt b{overflow-wrap:anywhere}
.opt b,.opt i{display:block}
.opt i{font-style:normal;color:var(--fg2);overflow-wrap:anywhere}
.qty{text-align:right;color:var(--fg2)}
.own{grid-template-columns:minmax(0,1fr) auto minmax(0,280px);cursor:default}.own .stop{min-height:48px;padding:4px 12px}.own.no-way b{color:var(--fg2)}
.act{display:grid;gap:8px;padding:16px 24px;background:var(--card);border-top:1px solid var(--line)}
.plate{display:flex;padding:5px;border-radius:12px;background:var(--plate);border:1px solid var(--rim)}
.plate :focus-visible{outline-color:var(--ring);outline-offset:0}
.stop{display:flex;align-items:center;justify-content:center;gap:8px;width:100%;min-height:56px;padding:4px 16px;border:0;border-radius:7px;background:#b3121b;color:#fff;font:600 1rem/1.5rem system-ui,sans-serif;cursor:pointer;overflow-wrap:anywhere}
.stop svg{flex:none}
.btn{display:inline-flex;align-items:center;justify-content:center;min-height:48px;padding:0 20px;border:1px solid var(--edge);border-radius:8px;background:var(--card);color:var(--fg);font:inherit;font-weight:500;text-decoration:none;cursor:pointer}
.quiet{border-color:transparent;background:none}
.row{display:flex;flex-wrap:wrap;gap:8px}
.find{display:flex;gap:8px;margin-top:8px}
input[type=search],textarea{width:100%;min-height:48px;padding:10px 12px;border:1px solid var(--edge);border-radius:8px;background:var(--bg);color:var(--fg);font:inherit}
details{border-top:1px solid var(--line)}
summary{min-height:48px;padding:12px 24px;cursor:pointer}
details>label{display:block;padding:0 24px 16px}
.no{background:var(--crits);padding:16px 24px}
.no p{color:var(--fg)}
.latch{display:flex;gap:10px;align-items:center;padding:10px 24px;background:var(--fg);color:var(--card)}
.latch svg{flex:none}
.list{list-style:none;padding:0}
.list li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;min-height:56px;padding:4px 24px;align-items:center}
.list a{display:inline-flex;align-items:center;min-height:48px;overflow-wrap:anywhere}
.att{background:var(--sunk)}.att .old{flex:1;text-align:right}
.seg{display:flex;gap:3px;margin-top:12px}.seg i{flex:1;height:8px;border-radius:2px;background:var(--fg)}.seg .c{background:none;box-shadow:inset 0 0 0 2px var(--fg)}.seg .m{background:repeating-linear-gradient(135deg,var(--fg2) 0 1.5px,transparent 1.5px 4px);box-shadow:inset 0 0 0 1px var(--edge)}
.in p.row{margin-top:16px}.note{padding:0 24px 12px}
.since{font-weight:600;color:var(--warn)}
.old{color:var(--fg2)}
.asof{padding:8px 24px}#old{max-width:848px;margin:16px auto -8px;padding:12px 16px;border-radius:8px;background:var(--crits);color:var(--fg)}#old:empty{display:none}
main[data-stale]{position:relative}main[data-stale]:after{content:"";position:absolute;inset:0;pointer-events:none;background:repeating-linear-gradient(135deg,transparent 0 6px,color-mix(in oklab,var(--fg2) 24%,transparent) 6px 7px)}
@media(width<40rem){main{margin-top:12px;padding:0 8px}.in,.opt,.act,.list li,.latch,.no,.note,summary{padding-left:16px;padding-right:16px}details>label{padding:0 16px 16px}.opt{grid-template-columns:20px minmax(0,1fr)}.qty{grid-column:2;text-align:left}.own{grid-template-columns:minmax(0,1fr)}.own .qty{grid-column:1}.own .plate{margin:6px 0 4px}.att .old{flex-basis:100%;text-align:left}.env{display:none}.act{gap:0;padding-top:12px;padding-bottom:4px}}
@media(prefers-contrast:more){:root{--line:var(--edge)}:focus-visible{outline-width:3px}}
@media(forced-colors:active){.stop{border:2px solid ButtonText}.latch{border:1px solid CanvasText}.seg i{forced-color-adjust:none;border:1px solid CanvasText;background:CanvasText}.seg .c{background:none}.seg .m{background:repeating-linear-gradient(135deg,CanvasText 0 1.5px,transparent 1.5px 4px)}}`;
