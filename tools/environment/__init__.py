"""The development environment: Odoo, its Python, PostgreSQL and databases.

Only the standard library is used, because this code runs before anything is
installed. Each module has one job:

- ``settings``: paths, versions and what the user's environment may change;
- ``shell``: running commands, and ``EnvironmentProblem``, the one-line error;
- ``system``: the Debian packages the rest needs;
- ``apt_archive``: fetching ``.deb`` files with private apt lists;
- ``odoo_tree``: the unpacked Odoo;
- ``virtualenv``: the Python environment that runs it;
- ``cluster``: the private PostgreSQL server;
- ``databases``: creating, cloning and dropping databases;
- ``odoo_config``: the configuration file and the command line of Odoo;
- ``setup``: all of the above, in order;
- ``demo``, ``server``: the demo database and the process that serves it;
- ``proxy``: nginx for the tests of the example configuration;
- ``testing``: the stages of ``make test``.
"""
