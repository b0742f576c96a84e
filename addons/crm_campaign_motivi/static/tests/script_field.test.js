import { ScriptFieldPlugin } from "@crm_campaign_motivi/script_field/script_field";
import { expect, test } from "@odoo/hoot";
import { press, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { setupEditor } from "@html_editor/../tests/_helpers/editor";
import { insertText } from "@html_editor/../tests/_helpers/user_actions";
import { MAIN_PLUGINS } from "@html_editor/plugin_sets";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

defineMailModels();

test("a slash offers the fields of the call, and writes the chosen one", async () => {
    const { editor, el } = await setupEditor("<p>Dear []</p>", {
        config: { Plugins: [...MAIN_PLUGINS, ScriptFieldPlugin] },
    });
    await insertText(editor, "/products");
    await waitFor(".o-we-powerbox .o-we-command-name:contains(Products of the campaign)");
    await press("Enter");
    await animationFrame();
    expect(el.textContent.trim()).toBe("Dear {{product}}");
});
