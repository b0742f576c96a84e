import { deskParts } from "./desk_parts";

/** Main fields of the name that were corrected, by their name; saved with the outcome. */
export const dataPart = {
    initial: () => ({ values: {}, open: false }),
    isDirty: ({ values }) => Boolean(Object.keys(values).length),
    confirmValues: ({ values }) =>
        Object.keys(values).length ? { lead_values: { ...values } } : {},
};

deskParts.add("data", dataPart);

/** What a main field has now: corrected, or as it was served. */
export function keyFieldValue(desk, field) {
    return desk.name.parts.data.values[field.name] ?? field.value;
}

/** Correct a main field; back to what it was is no correction. */
export function setKeyField(desk, field, value) {
    const { values } = desk.name.parts.data;
    if (value.trim() === field.value) {
        delete values[field.name];
    } else {
        values[field.name] = value;
    }
    showCorrections(desk);
    desk.saveDraft();
}

/** The name's pane and the script show what was corrected. */
export function showCorrections(desk) {
    const { lead, key_fields } = desk.payload;
    for (const field of key_fields || []) {
        if (field.name in lead) {
            lead[field.name] = keyFieldValue(desk, field);
        }
    }
}
