const EVENING = { hour: 18, minute: 30 };

/**
 * Times that customers ask for most, for the outcome "call again".
 *
 * @param {luxon.DateTime} now in the user's time zone
 * @returns {{hour: luxon.DateTime, evening: luxon.DateTime, tomorrow: luxon.DateTime}}
 *  `evening` is today's, or tomorrow's when it is too late for today's
 */
export function recallQuickPicks(now) {
    const minute = now.startOf("minute");
    const inOneHour = minute.plus({ hours: 1 });
    const evening = minute.set(EVENING);
    return {
        hour: inOneHour.plus({ minutes: (5 - (inOneHour.minute % 5)) % 5 }),
        evening: evening > minute ? evening : evening.plus({ days: 1 }),
        tomorrow: minute.plus({ days: 1 }),
    };
}
