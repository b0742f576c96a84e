from odoo import api, models
from odoo.fields import Domain

from ..tools.duplicate_rule import RULE
from ..tools.strata import HIGHEST, LOWEST, STRATUM_WIDTH
from ..tools.threshold_figures import LabelledPair, figures

#: Labels below which figures would mean nothing: of all, and of either kind.
FEWEST_LABELS = 60
FEWEST_OF_KIND = 15
#: Labelled pairs that are compared anew with other weights.
MOST_SAMPLES = 20000


class CrmDedupScoring(models.Model):
    """The page of thresholds: what the labelled sample says about them."""

    _inherit = "crm.dedup.scoring"

    @api.model
    def page(self, values=None):
        """Return all that the page shows for thresholds and weights being tried.

        :param dict values: ``sure``, ``review`` as they hold in this archive, and
            ``weights``; those that are saved when left out
        :rtype: dict
        :raise UserError: they make no sense
        """
        self.check_access("read")
        rise = self._rise()
        saved = self._current()
        if values:
            self._check_values(values)
            # Only what the page asks for, whatever else a request holds.
            values = {
                "sure": values["sure"] - rise,
                "review": values["review"] - rise,
                "weights": {**saved["weights"], **(values.get("weights") or {})},
            }
        else:
            values = saved
        samples = self._samples(values)
        strata = self._strata()
        labelled = [sample for sample in samples if sample["label"]]
        shipped = self._shipped()
        return {
            "sure": round(values["sure"] + rise, 1),
            "review": round(values["review"] + rise, 1),
            "saved": {
                "sure": round(saved["sure"] + rise, 1),
                "review": round(saved["review"] + rise, 1),
            },
            "weights": self._page_weights(values, shipped),
            "is_shipped": saved == shipped,
            "may_save": self.has_access("write"),
            "labels": self._page_labels(labelled, samples),
            "open_pairs": self._open_pairs(),
            "moves": self._moves(samples, strata),
            **self._page_figures(labelled, strata, values, rise),
        }

    @api.model
    def save_page(self, values):
        """Let the thresholds and weights of the page hold.

        :param dict values: as for ``page``
        """
        self.check_access("write")
        self._check_values(values)
        rise = self._rise()
        self.save(
            {
                **values,
                "sure": round(values["sure"] - rise, 2),
                "review": round(values["review"] - rise, 2),
            }
        )

    @api.model
    def _rise(self):
        """Return by how many points thresholds rise with the size of this archive.

        :rtype: float
        """
        matcher = self.env["crm.dedup"]._matcher()
        return matcher.sure - matcher.settings.sure

    @api.model
    def _strata(self):
        """Return how many comparisons the last full run made, by stratum.

        :rtype: dict[str, int]
        """
        run = (
            self.env["crm.duplicate.run"]
            .sudo()  # sudo: counts of the archive
            .search([("state", "=", "done"), ("strata", "!=", False)], limit=1)
        )
        return {name: stratum["pairs"] for name, stratum in (run.strata or {}).items()}

    @api.model
    def _samples(self, values):
        """Compare the pairs of the sample as it is now, and as it would be.

        :param dict values: thresholds and weights being tried
        :return: ``label``, ``stratum``, verdict ``before`` and ``after``, and score
            and whether it may be sure as they would be
        :rtype: list[dict]
        """
        service = self.env["crm.dedup"]
        now, then = service._matcher(), service._new_matcher(values)
        free = service._new_matcher({**values, "sure": -10000, "review": -10000})
        rules = service._rules()
        samples = self.env["crm.duplicate.sample"].search([], limit=MOST_SAMPLES)
        rows = []
        for sample in samples:
            first, second = (
                sample._as_record(side)
                for side in (sample.first_values, sample.second_values)
            )
            pair = (first.ready(), second.ready())
            rule = next((r for r in rules if r.hits(first.record, second.record)), None)
            before, after = now.compare(*pair), then.compare(*pair)
            rows.append(
                {
                    "label": sample.label if sample.label != "unsure" else False,
                    "stratum": f"{RULE}{rule.verdict}"
                    if rule
                    else service._stratum(before),
                    "before": rule.verdict if rule else before.verdict,
                    "after": rule.verdict if rule else after.verdict,
                    "rule": rule.verdict if rule else False,
                    "score": after.score,
                    "may_be_sure": free.compare(*pair).verdict == "same",
                }
            )
        return rows

    @api.model
    def _page_weights(self, values, shipped):
        labels = self._score_labels()
        return [
            {
                "code": code,
                "label": labels.get(code, code),
                "points": points,
                "shipped": shipped["weights"][code],
            }
            for code, points in values["weights"].items()
        ]

    @api.model
    def _page_labels(self, labelled, samples):
        same = sum(sample["label"] == "same" for sample in labelled)
        different = len(labelled) - same
        needed = max(
            FEWEST_LABELS - len(labelled),
            FEWEST_OF_KIND - same,
            FEWEST_OF_KIND - different,
            0,
        )
        waiting = Domain("label", "=", False)
        return {
            "total": len(labelled),
            "same": same,
            "different": different,
            "needed": needed,
            "waiting": self.env["crm.duplicate.sample"].search_count(waiting),
            "drawn": len(samples),
        }

    @api.model
    def _open_pairs(self):
        """Return how many open pairs are sure and to review.

        :rtype: dict[str, int]
        """
        groups = self.env["crm.duplicate.pair"]._read_group(
            [("state", "=", "open")], ["verdict"], ["__count"]
        )
        return {"same": 0, "review": 0, **dict(groups)}

    @api.model
    def _moves(self, samples, strata):
        """Estimate how many pairs of the archive change their band.

        :rtype: list[dict]
        """
        drawn = {}
        for sample in samples:
            drawn[sample["stratum"]] = drawn.get(sample["stratum"], 0) + 1
        moves = {}
        for sample in samples:
            size = strata.get(sample["stratum"], 0)
            move = (sample["before"], sample["after"])
            moves[move] = moves.get(move, 0.0) + size / drawn[sample["stratum"]]
        return [
            {"before": before, "after": after, "pairs": round(pairs)}
            for (before, after), pairs in sorted(moves.items())
            if before != after
        ]

    @api.model
    def _page_figures(self, labelled, strata, values, rise):
        """Return precision and recall of both thresholds, and along the scale."""
        # Comparisons that speak so clearly against are far too many to be judged by
        # a handful of labels.
        sizes = {name: size for name, size in strata.items() if name != str(LOWEST)}
        curve = [
            {
                "threshold": threshold,
                **self._figures_at(labelled, sizes, threshold, sure=False),
            }
            for threshold in range(LOWEST + STRATUM_WIDTH, HIGHEST, STRATUM_WIDTH)
        ]
        per_stratum = {}
        for sample in labelled:
            count = per_stratum.setdefault(sample["stratum"], [0, 0])
            count[0] += 1
            count[1] += sample["label"] == "same"
        bands = [
            {
                "name": name,
                "label": self._stratum_label(name),
                "pairs": size,
                "labelled": per_stratum.get(name, [0, 0])[0],
                "same": per_stratum.get(name, [0, 0])[1],
            }
            for name, size in sorted(
                strata.items(), key=lambda item: (item[0].startswith(RULE), item[0])
            )
        ]
        bands.sort(key=lambda band: self._stratum_place(band["name"]))
        return {
            "curve": curve,
            "bands": bands,
            "at_sure": self._figures_at(labelled, sizes, values["sure"] + rise, True),
            "at_review": self._figures_at(
                labelled, sizes, values["review"] + rise, False
            ),
        }

    @api.model
    def _stratum_place(self, name):
        return 1000 if name.startswith(RULE) else int(name)

    @api.model
    def _stratum_label(self, name):
        if name == f"{RULE}same":
            return self.env._("Rule: sure")
        if name == f"{RULE}review":
            return self.env._("Rule: to review")
        start = int(name)
        if start == LOWEST:
            return self.env._("below %(points)s", points=start + STRATUM_WIDTH)
        if start >= HIGHEST:
            return self.env._("%(points)s and more", points=start)
        return f"{start}\N{EN DASH}{start + STRATUM_WIDTH}"

    @api.model
    def _figures_at(self, labelled, sizes, threshold, sure):
        """Return precision and recall of what lies above a threshold.

        :param bool sure: what may not be sure, whatever its score is, doesn't count
        :rtype: dict
        """
        precision, recall = figures(
            [
                LabelledPair(
                    sample["stratum"],
                    sample["label"] == "same",
                    self._is_found(sample, threshold, sure),
                )
                for sample in labelled
            ],
            sizes,
        )
        return {
            name: [figure.value, figure.low, figure.high]
            for name, figure in (("precision", precision), ("recall", recall))
        }

    @api.model
    def _is_found(self, sample, threshold, sure):
        if sample["rule"]:
            return sample["rule"] == "same" or not sure
        if sure and not sample["may_be_sure"]:
            return False
        return sample["score"] >= threshold
