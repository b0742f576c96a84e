from odoo import fields

from .roles_case import RolesCase


class PointsCase(RolesCase):
    """Two teams with two operators each, and outcomes that give points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What other tests' data registered shall not count.
        cls.env["crm.points.budget"].search([("id", ">", 0)]).unlink()
        cls.company.resource_calendar_id.tz = "Europe/Rome"
        cls.operator_three = cls._new_user("op_three", "group_operator")
        cls.operator_four = cls._new_user("op_four", "group_operator")
        cls.category = cls.env["crm.operator.category"].create({"name": "Phone"})
        cls.category_below = cls.env["crm.operator.category"].create(
            {"name": "Evening", "parent_id": cls.category.id}
        )
        cls.team, cls.team_two = cls.env["crm.team"].create(
            [
                {
                    "name": name,
                    "member_ids": [fields.Command.set(users.ids)],
                }
                for name, users in (
                    ("Team One", cls.operator | cls.operator_two),
                    ("Team Two", cls.operator_three | cls.operator_four),
                )
            ]
        )
        cls.operator.operator_category_id = cls.category
        cls.operator_two.operator_category_id = cls.category_below
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.type = cls.env["mail.activity.type"].create(
            {"name": "Points call", "is_commercial": True, "channel": "call"}
        )
        cls.env["crm.relation"].create(
            [
                {
                    "activity_type_id": cls.type.id,
                    "outcome_id": cls.outcomes[kind].id,
                    "points": points,
                }
                for kind, points in (("T", 10), ("C", 5), ("N", 0))
            ]
        )

    @classmethod
    def score(cls, user, kind="C", date="2024-05-15 10:00:00", lead=None, **values):
        """Register an outcome that gives points: T 10, C 5, N none."""
        return (lead or cls.leads[0])._register_outcome(
            cls.outcomes[kind],
            cls.type,
            user=user,
            date=fields.Datetime.to_datetime(date),
            **values,
        )

    @classmethod
    def take_back(cls, row, date=None):
        """Write the row that takes another one back, as undo does."""
        return cls.env["crm.interaction"].create(
            {
                "lead_id": row.lead_id.id,
                "date": date or row.date,
                "user_id": row.user_id.id,
                "team_id": row.team_id.id,
                "operator_category_id": row.operator_category_id.id,
                "campaign_id": row.campaign_id.id,
                "activity_type_id": cls.env.ref("crm_callcenter.activity_type_undo").id,
                "outcome_id": cls.env.ref("crm_callcenter.crm_outcome_reversed").id,
                "points": -row.points,
                "reversed_id": row.id,
            }
        )

    def ranking(self, first="2024-05-01", last="2024-05-31", by="user", **filters):
        points = self.env["crm.points"]
        bounds = points._bounds(*map(fields.Date.to_date, (first, last)))
        return points._ranking(*bounds, by, filters)

    def figures(self, *args, **kwargs):
        """Return rank and points by id of a ranking."""
        return {
            line["id"]: (line["rank"], line["points"])
            for line in self.ranking(*args, **kwargs)
        }

    def allow_monitoring(self):
        self.company.write(
            {
                "individual_monitoring": True,
                "monitoring_agreement_date": "2026-01-15",
                "monitoring_agreement_reference": "Agreement 3/2026",
            }
        )

    @staticmethod
    def custom(by, first="2024-05-01", last="2024-05-31", **values):
        return {
            "by": by,
            "period": "custom",
            "date_from": first,
            "date_to": last,
            **values,
        }
