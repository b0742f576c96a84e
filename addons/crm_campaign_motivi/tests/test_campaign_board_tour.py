import threading
import uuid
from unittest.mock import patch

from odoo import api
from odoo.tests import HttpCase, tagged

from .test_campaign_board import BoardCase


@tagged("post_install", "-at_install")
class TestCampaignBoardTour(BoardCase, HttpCase):
    def test_a_confirm_changes_the_page_without_a_reload(self):
        """The coordinator looks on while an operator, elsewhere, confirms a name."""
        board = type(self.env["crm.campaign.board"])
        looking, errors = threading.Event(), []
        get_board = board.get_board

        def watched(model, *args):
            answer = get_board(model, *args)
            looking.set()
            return answer

        def work():
            try:
                if not looking.wait(60):
                    raise TimeoutError("the page was never opened")
                # The page subscribes when its first figures are there.
                self.assertFalse(confirmed.wait(3))
                self.confirm_elsewhere()
            except Exception as error:
                errors.append(repr(error))

        confirmed = threading.Event()
        operator = threading.Thread(target=work, daemon=True)
        with patch.object(board, "get_board", api.model(watched)):
            operator.start()
            self.start_tour(
                f"/odoo/call-campaigns/{self.campaign.id}",
                "crm_campaign_board",
                login=self.coordinator.login,
                timeout=120,
            )
        operator.join(timeout=30)
        self.assertFalse(errors)
        self.assertFalse(operator.is_alive())

    def confirm_elsewhere(self):
        """Confirm a name as a request of the operator does, hooks included."""
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, self.operator.id, {})
            payload = env["crm.desk"].next_name(self.campaign.id)
            env["crm.desk"].confirm(
                payload["line_id"],
                payload["claim_token"],
                uuid.uuid4().hex,
                self.outcomes["N"].id,
            )
            env.flush_all()
            # A test's cursor forgets what is to happen after the commit.
            cr.postcommit.run()
