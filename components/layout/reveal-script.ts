// When is what the server streams shown? As soon as it is here, and not when React thinks that another picture is due.

/**
 * React's stream puts a part that came after its outline into place no sooner than 300 ms after the picture before, and then behind whatever scripts
 * are waiting (react-dom/server of React 19.2, `completeBoundary`: `$RB` are the parts that came, `$RV` puts them into place, `$RT` says when that
 * was done last and is read whenever a part has come). A page of the console is one part or two, and somebody waits for it: it is put into place when
 * it comes. Runs in the head; should React do it another way one day, nothing reads `$RT`, and this does nothing.
 */
export const REVEAL_SCRIPT = 'Object.defineProperty(window,"$RT",{configurable:true,get:function(){if(window.$RB&&$RB.length&&window.$RV)$RV($RB);return -1e4},set:function(){}});';
