from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.duplicate_rule import RULE
from ..tools.matching.settings import WEIGHTS, MatchSettings
from .crm_dedup_words import reason_labels


class CrmDedupScoring(models.Model):
    """What the score of a comparison is made of, and from where on it says what.

    One record for the whole database: names of all companies are compared alike.
    """

    _name = "crm.dedup.scoring"
    _description = "Scoring of Duplicates"

    sure = fields.Float("Sure From", required=True, help="Points, and more.")
    review = fields.Float("To Review From", required=True, help="Points, and more.")
    weights = fields.Json(
        help="Points by code of the reason, where they differ from the shipped ones."
    )

    @api.model
    def _shipped(self):
        """Return the weights and thresholds that the product comes with.

        :rtype: dict
        """
        shipped = MatchSettings()
        return {
            "sure": shipped.sure,
            "review": shipped.review,
            "weights": dict(WEIGHTS),
        }

    @api.model
    def _current(self):
        """Return the weights and thresholds that hold.

        :return: ``sure``, ``review`` and ``weights`` by code
        :rtype: dict
        """
        values = self._shipped()
        # sudo: how names are compared is no secret
        scoring = self.sudo().search([], limit=1)
        if scoring:
            values.update(sure=scoring.sure, review=scoring.review)
            values["weights"].update(
                (code, points)
                for code, points in (scoring.weights or {}).items()
                if code in values["weights"]
            )
        return values

    @api.model
    def _check_values(self, values):
        """Refuse thresholds and weights that make no sense.

        :param dict values: as ``_current`` returns them
        :raise UserError: a number is missing, or the thresholds are the wrong way round
        """
        numbers = [values.get("sure"), values.get("review")]
        numbers += (values.get("weights") or {}).values()
        if any(
            isinstance(number, bool)
            or not isinstance(number, (int, float))
            or not -1000 <= number <= 1000
            for number in numbers
        ):
            raise UserError(
                self.env._("Enter a number from -1000 to 1000 for every threshold.")
            )
        if values["review"] > values["sure"]:
            raise UserError(
                self.env._(
                    "'To review' must not lie above 'sure': pairs between the two are"
                    " the ones to review."
                )
            )

    @api.model
    def save(self, values):
        """Let other weights and thresholds hold; pairs follow with the next full run.

        :param dict values: as ``_current`` returns them
        :raise UserError: they make no sense
        """
        self.check_access("write")
        self._check_values(values)
        shipped = self._shipped()["weights"]
        row = {
            "sure": values["sure"],
            "review": values["review"],
            "weights": {
                code: points
                for code, points in (values.get("weights") or {}).items()
                if code in shipped and points != shipped[code]
            },
        }
        scoring = self.search([], limit=1)
        if scoring:
            scoring.write(row)
        else:
            self.create(row)
        self._archive_must_follow()

    @api.model
    def reset(self):
        """Let the shipped weights and thresholds hold again."""
        self.check_access("unlink")
        self.search([], limit=1).unlink()
        self._archive_must_follow()

    @api.model
    def _archive_must_follow(self):
        """Take from open pairs what they no longer are, and compare the archive again.

        What a higher threshold takes away goes at once, so that nothing that is sure no
        more is merged meanwhile. What a lower one adds needs a comparison.
        """
        self.env["crm.duplicate.pair"].flush_model()
        matcher = self.env["crm.dedup"]._matcher()
        for threshold, statement in (
            (matcher.sure, SQL("UPDATE crm_duplicate_pair SET verdict = 'review'")),
            (matcher.review, SQL("DELETE FROM crm_duplicate_pair")),
        ):
            # What a rule decided doesn't hang on the score.
            self.env.cr.execute(
                SQL(
                    """%s WHERE state = 'open' AND score < %s
                            AND NOT starts_with(coalesce(reasons -> 0 ->> 'code', ''),
                                                %s)""",
                    statement,
                    threshold,
                    RULE,
                )
            )
        self.env["crm.duplicate.pair"].invalidate_model()
        # sudo: whoever may change the scoring may let the archive follow
        self.env["crm.duplicate.run"].sudo()._follow_rules(new_keys=False)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.model
    def _reason_labels(self):
        """Return what each reason is called, rules included.

        :rtype: dict[str, str]
        """
        labels = self._score_labels()
        # sudo: what a rule is called, for whoever may read the pair
        rules = self.env["crm.duplicate.rule"].sudo().with_context(active_test=False)
        for rule in rules.search([], limit=1000):
            labels[f"{RULE}{rule.id}"] = self.env._("rule %(name)s", name=rule.name)
        return labels

    @api.model
    def _score_labels(self):
        """Return what the reasons of the score are called.

        :rtype: dict[str, str]
        """
        return reason_labels(self.env)
