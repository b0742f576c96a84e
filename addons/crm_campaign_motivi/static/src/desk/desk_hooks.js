import { onWillDestroy, useEffect, useEnv, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

/** The desk that this component shows; it renders again when what it reads changes. */
export function useDesk() {
    return useState(useEnv().desk);
}

/** Run something every so many milliseconds while the component is there. */
export function useInterval(callback, milliseconds) {
    const timer = browser.setInterval(callback, milliseconds);
    // Not "unmount": what is replaced before it was ever shown is only destroyed.
    onWillDestroy(() => browser.clearInterval(timer));
}

/**
 * Shortcuts that work wherever the focus is, also while a note is typed.
 *
 * @param {() => [string, Function][]} shortcuts key and what it does; read anew
 *  whenever the value of `dependency` changes
 * @param {() => any} dependency
 */
export function useShortcuts(shortcuts, dependency) {
    const hotkeys = useService("hotkey");
    useEffect(
        () => {
            const removals = shortcuts().map(([key, callback]) =>
                hotkeys.add(key, callback, { bypassEditableProtection: true })
            );
            return () => removals.forEach((remove) => remove());
        },
        () => [dependency()]
    );
}

/** Frames for which the focus waits for its element: a part may be drawn a little later. */
const FOCUS_FRAMES = 10;

/** Put the keyboard focus where the desk wants it. */
export function useDeskFocus(desk, root) {
    useEffect(
        (target) => {
            let frame;
            // Always in a later frame: other parts may be drawn after this one, and what
            // is found now would be what was there before.
            const focusSoon = (triesLeft) => {
                frame = browser.requestAnimationFrame(() => {
                    const element = root.el?.querySelector(`[data-desk-focus="${target}"]`);
                    if (element && !element.disabled) {
                        element.focus();
                    } else if (triesLeft) {
                        focusSoon(triesLeft - 1);
                    }
                });
            };
            if (target) {
                focusSoon(FOCUS_FRAMES);
            }
            return () => browser.cancelAnimationFrame(frame);
        },
        () => [desk.focus.target, desk.focus.count]
    );
}
