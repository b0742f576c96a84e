from odoo.tests import HttpCase, tagged

from .common import CampaignCommon

AA = 4.5


def _luminance(color):
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.1)."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other):
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskLayout(CampaignCommon, HttpCase):
    """The desk on its screens: all in sight, nothing moves, everything can be read."""

    def start_desk(self, tour, size):
        self.browser_size = size
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)

    def _fill(self):
        """Give the first name as much to show as names have: notes, long fields."""
        lead = self.leads[0]
        lead.contact_name = "Maria Antonietta Bevilacqua Castellani"
        lead.partner_name = "Azienda agricola Bevilacqua e figli società semplice"
        lead.email_from = "maria.antonietta.bevilacqua@example.com"
        for number in range(6):
            lead.sudo()._register_outcome(
                self.outcomes["R"], note=f"Note {number}: " + "words " * 40
            )

    def test_nothing_moves_at_1366x768(self):
        self._fill()
        self.start_desk("crm_desk_steady", "1366x768")

    def test_nothing_moves_at_1920x1080(self):
        self._fill()
        self.start_desk("crm_desk_steady", "1920x1080")

    def test_nothing_moves_at_a_zoom_of_125_percent(self):
        """1366x768 then has the points of 1093x614."""
        self._fill()
        self.start_desk("crm_desk_steady", "1093x614")

    def test_everything_can_be_read_in_light_and_dark(self):
        self._fill()
        self.start_desk("crm_desk_readable", "1366x768")

    def test_phone_width(self):
        self.start_desk("crm_desk_phone_width", "390x844")

    def test_text_on_the_outcomes_colours(self):
        """Black or white reaches AA on the colour of each outcome that is delivered."""
        outcomes = self.env["crm.outcome"].with_context(active_test=False).search([])
        self.assertGreater(len(outcomes), 8)
        for outcome in outcomes.filtered("color"):
            with self.subTest(outcome=outcome.name):
                self.assertRegex(outcome.color, r"^#[0-9a-fA-F]{6}$")
                best = max(
                    _contrast(outcome.color, text) for text in ("#ffffff", "#000000")
                )
                self.assertGreaterEqual(best, AA)
