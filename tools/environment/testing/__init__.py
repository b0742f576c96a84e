"""``make test``: from lint to Odoo's own tests, counted in one last line.

- ``report``: collects results, prints failures as they happen, counts them;
- ``process``: runs a command of the tests, and ends those that a kill left;
- ``odoo_log``: reads results and unexpected warnings out of Odoo's log;
- ``lint``, ``addon_tests``, ``pytest_stage``, ``core_stage``: the stages;
- ``runner``: runs the stages, two at a time.
"""
