import { isHtmlContentSupported } from "@html_editor/core/selection_plugin";
import { HtmlField, htmlField } from "@html_editor/fields/html_field";
import { Plugin } from "@html_editor/plugin";
import { withSequence } from "@html_editor/utils/resource";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** What the desk fills into a script, by the word between its braces. */
const FIELDS = {
    name: _t("Name of the customer"),
    customer_company: _t("Company of the customer"),
    city: _t("City"),
    operator: _t("Operator"),
    company: _t("Company that calls"),
    agent: _t("Agent of the appointment"),
    product: _t("Products of the campaign"),
};

/** The list that opens with "/" offers the fields of a script. */
export class ScriptFieldPlugin extends Plugin {
    static id = "crmScriptField";
    static dependencies = ["dom", "history"];

    resources = {
        user_commands: Object.entries(FIELDS).map(([word, title]) => ({
            id: `crmScriptField_${word}`,
            title,
            description: _t("Filled in at the desk"),
            icon: "fa-user-circle-o",
            run: () => this.insert(word),
            isAvailable: isHtmlContentSupported,
        })),
        powerbox_categories: withSequence(5, {
            id: "crm_script_fields",
            name: _t("Fields of the call"),
        }),
        powerbox_items: Object.keys(FIELDS).map((word) => ({
            categoryId: "crm_script_fields",
            commandId: `crmScriptField_${word}`,
        })),
    };

    insert(word) {
        this.dependencies.dom.insert(`{{${word}}}`);
        this.dependencies.history.addStep();
    }
}

/** The text of a script. */
export class ScriptField extends HtmlField {
    getConfig() {
        const config = super.getConfig();
        return { ...config, Plugins: [...config.Plugins, ScriptFieldPlugin] };
    }
}

registry.category("fields").add("crm_script", { ...htmlField, component: ScriptField });
