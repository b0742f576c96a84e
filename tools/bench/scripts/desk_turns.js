/* Works names at the desk by clicks, as an operator does, and measures how long the
   screen takes from the click on CONFIRM until the next name is painted. */
window.deskTurns = (() => {
    const find = (selector) => document.querySelector(selector);
    const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

    async function until(what, condition, seconds = 10) {
        const deadline = performance.now() + seconds * 1000;
        while (performance.now() < deadline) {
            const found = condition();
            if (found) {
                return found;
            }
            await sleep(20);
        }
        const said = find(".o_desk_message_text")?.textContent || "";
        throw new Error(`${what} does not come. ${said}`);
    }

    const button = (selector) =>
        until(selector, () => {
            const element = find(selector);
            return element && !element.disabled ? element : null;
        });

    function write(selector, text) {
        const element = find(selector);
        if (element) {
            element.value = text;
            element.dispatchEvent(new Event("input", { bubbles: true }));
            element.dispatchEvent(new Event("change", { bubbles: true }));
        }
    }

    async function choose(kind) {
        const quick = find(`.o_desk_outcome[data-kind=${kind}]`);
        if (!quick) {
            throw new Error(`no quick button of kind ${kind}`);
        }
        quick.click();
        await until("the chosen outcome", () => find(".o_desk_outcome_chosen"));
    }

    const details = {
        N: async () => {},
        C: async () => {
            await sleep(400);
            const product = find(".o_desk_cart .o_desk_cart_product");
            if (product) {
                product.click();
                await until("the product in the cart", () => find(".o_desk_cart_line"));
                await sleep(400);
            }
        },
        R: async () => {
            (await button(".o_desk_picks [data-pick]:last-child")).click();
        },
        T: async () => {
            // The first week of which something is free.
            for (let week = 0; week < 4; week++) {
                await until("the agenda", () => find(".o_desk_agenda:not(.o_desk_loading)"));
                if (find(".o_desk_slot")) {
                    break;
                }
                (await button(".o_desk_next_week")).click();
                await sleep(300);
            }
            (await button(".o_desk_slot")).click();
            (await button(".o_desk_accept_appointment")).click();
            await until("the appointment", () => find(".o_desk_accepted"));
        },
    };

    /** Do what the desk says is missing: a mandatory question, a check, an empty cart. */
    function fillIn() {
        for (const question of document.querySelectorAll(".o_desk_question")) {
            const isAsked = question.querySelector(".o_desk_mandatory");
            if (isAsked && !question.querySelector(".o_desk_answer_chosen")) {
                question.querySelector("input[type=radio]")?.click();
            }
        }
        for (const box of ["o_desk_checked", "o_desk_cart_without"]) {
            const input = find(`.${box} input:not(:checked)`);
            input?.click();
        }
    }

    /** Resolves to nothing when the desk says what is missing; otherwise never. */
    async function refused() {
        const deadline = performance.now() + 11_000;
        while (performance.now() < deadline) {
            if (find(".o_desk_message_danger")) {
                return null;
            }
            await sleep(20);
        }
        return new Promise(() => {});
    }

    /** Click on CONFIRM; what it asks for is done, and the last click counts. */
    async function turn() {
        for (let tries = 0; tries < 5; tries++) {
            const confirm = await button(".o_desk_confirm");
            const page = find(".o_desk_name_page");
            find(".o_desk_message button")?.click();
            await frame();
            const started = performance.now();
            confirm.click();
            const painted = await Promise.race([
                nextPainted(page),
                refused(),
            ]);
            if (painted) {
                return painted - started;
            }
            fillIn();
            await sleep(300);
        }
        throw new Error(`it can't be confirmed: ${find(".o_desk_message_text")?.textContent}`);
    }

    /** Resolves when another name is painted: the frame after the one that drew it. */
    function nextPainted(page) {
        return new Promise((resolve, reject) => {
            const desk = find(".o_desk");
            const check = async () => {
                const shown = find(".o_desk_name_page");
                if (shown && shown !== page && find(".o_desk_lead_name")) {
                    observer.disconnect();
                    clearTimeout(timer);
                    await frame();
                    await frame();
                    resolve(performance.now());
                }
            };
            const observer = new MutationObserver(check);
            observer.observe(desk, { childList: true, subtree: true });
            const timer = setTimeout(() => {
                observer.disconnect();
                if (!find(".o_desk_message_danger")) {
                    const said = find(".o_desk_empty")?.textContent || "";
                    reject(new Error(`no next name within 10 s. ${said}`));
                }
            }, 10_000);
        });
    }

    async function stopAndClose() {
        (await button(".o_desk_stop")).click();
        (await button(".o_desk_close")).click();
        (await button(".o_desk_phase_start .o_desk_next")).click();
        await until("the next name", () => find(".o_desk_name_page .o_desk_lead_name"));
    }

    return {
        async start() {
            // There is no telephone here, and no dialog about it.
            HTMLIFrameElement.prototype.setAttribute = () => {};
            (await button(".o_desk_next, .o_desk_confirm")).click();
            await until("the first name", () => find(".o_desk_name_page .o_desk_lead_name"));
            return true;
        },

        /** Work the name in hand; return the milliseconds of the turn, none for X. */
        async work(kind, talk, number) {
            await until("a name", () => find(".o_desk_confirm"));
            write(".o_desk_note", `Call ${number}, ${kind}`);
            await sleep(talk * 1000);
            if (kind === "X") {
                await stopAndClose();
                return null;
            }
            await choose(kind);
            await details[kind]();
            await sleep(150);
            return turn();
        },
    };
})();
return true;
