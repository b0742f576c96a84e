import { browser } from "@web/core/browser/browser";

/** The server tells a page of changes at most once in so many milliseconds. */
export const PULSE = 2000;

/**
 * When the figures of a page are read.
 *
 * Who is told of a change reads at once, unless that has just been done, and once more
 * when the pause of the server is over: what it held back meanwhile is on the screen
 * then. A slow answer is waited for, so that requests never pile up.
 */
export class BoardPulse {
    /** @param {() => Promise} reload reads the figures; what fails is its own matter */
    constructor(reload) {
        this.reload = reload;
        this.last = -PULSE;
        this.isReading = false;
        this.isOutOfDate = false;
    }

    /** Something changed. */
    async changed() {
        if (Date.now() - this.last >= PULSE) {
            await this.read();
        }
        this.readLater();
    }

    /** Read now, or as soon as the answer under way is there. */
    async read() {
        this.stop();
        if (this.isReading) {
            this.isOutOfDate = true;
            return;
        }
        this.isReading = true;
        this.last = Date.now();
        try {
            await this.reload();
        } finally {
            this.isReading = false;
            if (this.isOutOfDate) {
                this.isOutOfDate = false;
                this.readLater();
            }
        }
    }

    readLater() {
        if (this.timer === undefined) {
            // A little later than the server's pause, which ends when it commits.
            this.timer = browser.setTimeout(() => this.read(), PULSE + 200);
        }
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = undefined;
    }
}
