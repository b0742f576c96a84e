/**
 * The keyboard in a row of tabs, as the ARIA practices describe tabs that open by hand: the
 * open one is reached by Tab, the arrows go round, Home and End to the ends, and Enter opens
 * the one that was reached. Opened while passing by, a pane would take the focus away.
 */

/**
 * @param {string} key of the keyboard
 * @param {number} index of the tab with the focus
 * @param {number} count of tabs
 * @returns {number|null} the tab to go to; null: the key is for somebody else
 */
export function nextTab(key, index, count) {
    const targets = {
        ArrowLeft: (index - 1 + count) % count,
        ArrowRight: (index + 1) % count,
        Home: 0,
        End: count - 1,
    };
    return count && Object.hasOwn(targets, key) ? targets[key] : null;
}

/** For `t-on-keydown` of whatever has rows of tabs in it. */
export function onTabsKeydown(ev) {
    const tab = ev.target.closest("[role=tab]");
    if (!tab || ev.altKey || ev.ctrlKey || ev.metaKey || ev.shiftKey) {
        return;
    }
    const row = tab.closest("[role=tablist]");
    const tabs = [...row.querySelectorAll("[role=tab]:not(:disabled)")];
    const target = nextTab(ev.key, tabs.indexOf(tab), tabs.length);
    if (target !== null) {
        ev.preventDefault();
        tabs[target].focus();
    }
}
