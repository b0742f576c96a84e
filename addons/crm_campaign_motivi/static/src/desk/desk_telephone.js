/**
 * How a number is dialled: the computer's own telephone, through its `tel:` link.
 * A dialler patches this object.
 */
export const telephone = {
    /** @param {string} url `tel:+39…` */
    dial(url) {
        const link = document.createElement("a");
        link.href = url;
        link.click();
    },
};
