"""Run in ``odoo shell``: give the first administrator a password of our own.

Odoo creates the login "admin" with the password "admin". A password that somebody has
chosen since stays as it is.
"""

import os

admin = env.ref("base.user_admin")  # noqa: F821  (odoo shell gives env)
admin.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [admin.id])
(stored,) = admin.env.cr.fetchone()
if not stored or admin._crypt_context().verify("admin", stored):
    admin.password = os.environ["ADMIN_LOGIN_PASSWORD"]
    admin.env.cr.commit()
    print("The administrator's password is now ADMIN_LOGIN_PASSWORD.")
