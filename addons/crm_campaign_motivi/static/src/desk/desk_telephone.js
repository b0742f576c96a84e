/**
 * How a number is dialled: the computer's own telephone, through its `tel:` link.
 * A dialler patches this object.
 */
export const telephone = {
    /**
     * In a frame of its own: the page itself would ask whether to leave it, since the
     * note on it is not saved.
     *
     * @param {string} url `tel:+39…`; empty in training
     */
    dial(url) {
        if (!url) {
            // Training: there is nobody to dial.
            return;
        }
        this.frame?.remove();
        this.frame = document.createElement("iframe");
        this.frame.hidden = true;
        this.frame.src = url;
        document.body.append(this.frame);
    },
};
