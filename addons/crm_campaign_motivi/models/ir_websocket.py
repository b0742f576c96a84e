from odoo import models

from .utm_campaign_board import BOARD_SUBCHANNEL

#: What a browser asks for: this word, a colon and the number of the campaign.
_ASKED = f"{BOARD_SUBCHANNEL}:"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Open a campaign's channel to those who may watch its page, to nobody else.

        A browser can only ask by a text; the channel itself is made here.
        """
        asked = [name for name in channels if str(name).startswith(_ASKED)]
        channels = [name for name in channels if name not in asked]
        numbers = (name[len(_ASKED) :] for name in asked)
        campaigns = self.env["utm.campaign"].browse(
            int(number) for number in numbers if number.isdecimal()
        )
        if campaigns:
            channels.extend(
                (campaign, BOARD_SUBCHANNEL)
                for campaign in campaigns._filtered_watchable()
            )
        return super()._build_bus_channel_list(channels)
