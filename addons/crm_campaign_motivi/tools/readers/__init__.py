"""Readers of the files that list sellers send, each streaming from the disk.

Nothing here imports Odoo: what a stranger made (a workbook, a database of Access) is
read by a process of its own, ``python -m readers``, whose memory and time are bounded.
"""
