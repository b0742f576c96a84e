"""What is shipped for production is valid and safe: compose, configuration, proxy."""

import configparser
import datetime
import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.tools import config as odoo_config

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
# An nginx that is unpacked beside Odoo is as good as an installed one, which would also
# start a server on port 80.
PROGRAMS = (
    os.environ["PATH"],
    *("/usr/sbin", "/sbin"),
    *(str(ROOT / ".local" / folder / "usr/sbin") for folder in ("odoo", "nginx")),
)
SECRETS = (
    "POSTGRES_PASSWORD",
    "DATABASE_MANAGER_PASSWORD",
    "ADMIN_LOGIN_PASSWORD",
)


def _need(*programs):
    """Return the first program that is installed; a missing one is a failure."""
    for program in programs:
        if found := shutil.which(program, path=os.pathsep.join(PROGRAMS)):
            return found
    pytest.fail(f"none of {programs} is installed; run: make setup")


# ----------------------------------------------------------------
# docker-compose.yml and .env.example
# ----------------------------------------------------------------


def _example_lines():
    return (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


def _compose(env_file, *arguments):
    """Run `docker-compose` with an env file and nothing else from the environment."""
    if shutil.which("docker-compose"):
        command = ["docker-compose"]
    else:
        command = [_need("docker"), "compose"]
    return subprocess.run(
        [*command, "--env-file", str(env_file), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(env_file.parent)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def compose(tmp_path_factory):
    """The services as docker-compose reads them, with the example's values."""
    example = shutil.copy(ROOT / ".env.example", tmp_path_factory.mktemp("compose"))
    done = _compose(Path(example), "config")
    assert done.returncode == 0, done.stderr
    # Debian's docker-compose brings PyYAML for Debian's Python; ours has none.
    read = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    done = subprocess.run(
        ["/usr/bin/python3", "-c", read],
        input=done.stdout,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("missing", [*SECRETS, "TLS_DIRECTORY"])
@pytest.mark.parametrize("left", ["", "{}="])
def test_compose_refuses_a_missing_secret(tmp_path, missing, left):
    lines = [line for line in _example_lines() if not line.startswith(f"{missing}=")]
    assert len(lines) == len(_example_lines()) - 1
    env_file = tmp_path / "env"
    env_file.write_text("\n".join([*lines, left.format(missing), ""]))
    done = _compose(env_file, "config", "-q")
    assert done.returncode != 0
    assert f"Set {missing} in .env" in done.stderr


def test_every_variable_is_documented():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    lines = _example_lines()
    documented = {line.split("=")[0] for line in lines if re.match(r"[A-Z]", line)}
    assert used == documented
    for number, line in enumerate(lines):
        if re.match(r"[A-Z]", line):
            previous = lines[number - 1]
            assert previous.startswith("#") or line.startswith("HTTPS_PORT"), line


def test_compose_holds_no_secret():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    found = 0
    for line in text.splitlines():
        name, _colon, value = line.strip().partition(": ")
        if re.fullmatch(r"\w*PASSW\w*", name):
            found += 1
            assert re.match(r"\$\{\w+:\?Set \w+ in \.env", value), line
    assert found == 4


def test_git_ignores_the_secrets():
    ignored = subprocess.run(
        ["git", "check-ignore", "-q", ".env"], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0
    example = subprocess.run(["git", "check-ignore", "-q", ".env.example"], cwd=ROOT)
    assert example.returncode == 1


def test_services_are_supervised(compose):
    services = compose["services"]
    assert set(services) == {"db", "first-start", "odoo", "nginx"}
    assert services["db"]["image"] == "postgres:16"
    for name in ("db", "odoo", "nginx"):
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["healthcheck"]["test"]
    assert "pg_isready" in " ".join(services["db"]["healthcheck"]["test"])
    assert "/web/health" in " ".join(services["odoo"]["healthcheck"]["test"])
    for name, service in services.items():
        assert service["logging"]["options"]["max-size"], name
    waits = services["odoo"]["depends_on"]
    assert waits["db"]["condition"] == "service_healthy"
    assert waits["first-start"]["condition"] == "service_completed_successfully"


def test_only_nginx_is_published(compose):
    published = {
        n for n, service in compose["services"].items() if service.get("ports")
    }
    assert published == {"nginx"}


def test_data_lives_in_named_volumes(compose):
    assert set(compose["volumes"]) == {"db-data", "odoo-data", "nginx-cache"}
    mounts = " ".join(str(m) for m in compose["services"]["db"]["volumes"])
    assert "db-data" in mounts and "/var/lib/postgresql/data" in mounts
    mounts = " ".join(str(m) for m in compose["services"]["odoo"]["volumes"])
    assert "odoo-data" in mounts and "/var/lib/odoo" in mounts


def test_odoo_understands_the_environment(compose):
    """Each variable that we hand over is one that Odoo reads, or our scripts do."""
    known = {o.env_name for o in odoo_config.options_index.values() if o.env_name}
    scripts = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "docker").glob("*_*")
    )
    for name in ("odoo", "first-start"):
        environment = compose["services"][name]["environment"]
        unknown = {v for v in environment if v not in known and v not in scripts}
        assert not unknown, name
        assert environment["ODOO_DBFILTER"].replace("$$", "$") == "^callcentre$"


def test_dockerfile_copies_what_exists():
    text = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^FROM odoo:19\.0$", text, re.M)
    sources = re.findall(r"^COPY (?:--\S+ )?(.+) \S+$", text, re.M)
    assert len(sources) == 5
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for source in " ".join(sources).split():
        assert (ROOT / source).exists(), source
        shipped = {source.rstrip("/"), source.split("/")[0]}
        assert any(f"!{part}\n" in allowed for part in shipped), source
    requirements = (ROOT / "requirements" / "odoo.txt").read_text(encoding="utf-8")
    assert re.search(r"^phonenumbers==", requirements, re.M)
    oca = (ROOT / "requirements" / "oca.txt").read_text(encoding="utf-8")
    pins = [line for line in oca.splitlines() if line and not line.startswith("#")]
    assert pins and all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)


# ----------------------------------------------------------------
# docker/*.sh
# ----------------------------------------------------------------


def _script(name, tmp_path, *arguments, **environment):
    return subprocess.run(
        ["sh", str(ROOT / "docker" / name), *arguments],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "name", ["PGPASSWORD", "ODOO_ADMIN_PASSWD", "ADMIN_LOGIN_PASSWORD"]
)
def test_placeholder_passwords_are_refused(tmp_path, name):
    example = dict(line.split("=") for line in _example_lines() if "=change" in line)
    assert set(example) == set(SECRETS)
    for placeholder in example.values():
        refused = _script(
            "entrypoint.sh", tmp_path, "echo", "ran", **{name: placeholder}
        )
        assert refused.returncode == 1 and name in refused.stderr
        assert "ran" not in refused.stdout
    own = _script("entrypoint.sh", tmp_path, "echo", "ran", **{name: "x1$ y"})
    assert own.returncode == 0 and own.stdout == "ran\n"


@pytest.fixture
def stubs(tmp_path):
    """An `odoo` and a `psql` that remember what was called; a file is the database."""
    (tmp_path / "odoo").write_text(
        f'#!/bin/sh\necho "odoo $*" >> {tmp_path}/calls\n'
        f'case "$*" in *--init*) [ "${{BROKEN:-}}" ] || touch {tmp_path}/made;; esac\n'
        "exit 0\n"
    )
    (tmp_path / "psql").write_text(
        f"#!/bin/sh\n[ -e {tmp_path}/made ] && echo installed || exit 2\n"
    )
    for program in ("odoo", "psql"):
        (tmp_path / program).chmod(0o755)
    return tmp_path


def _first_start(stubs, **environment):
    (stubs / "calls").write_text("")
    done = _script(
        "first_start.sh",
        stubs,
        PGDATABASE="callcentre",
        INSTALL_MODULES="crm_callcenter,crm_dedup,crm_campaign_motivi",
        ADMIN_PASSWORD_SCRIPT=str(ROOT / "docker" / "admin_password.py"),
        **environment,
    )
    return done, (stubs / "calls").read_text().splitlines()


def test_first_start_installs_once(stubs):
    done, calls = _first_start(stubs)
    assert done.returncode == 0, done.stderr
    assert "--init crm_callcenter,crm_dedup,crm_campaign_motivi" in calls[0]
    assert calls[1].startswith("odoo shell")
    done, calls = _first_start(stubs)
    assert done.returncode == 0
    assert [call.split()[1] for call in calls] == ["shell"]


def test_first_start_that_installs_nothing_fails(stubs):
    done, calls = _first_start(stubs, BROKEN="1")
    assert done.returncode == 1 and "could not be made" in done.stderr
    assert len(calls) == 1


# ----------------------------------------------------------------
# config/odoo.*.conf
# ----------------------------------------------------------------


def _options(name):
    parser = configparser.RawConfigParser()
    parser.read_string((CONFIG / name).read_text(encoding="utf-8"))
    assert parser.sections() == ["options"]
    return dict(parser["options"])


@pytest.fixture(scope="module")
def prod():
    return {
        key: odoo_config.parse(key, value)
        for key, value in _options("odoo.prod.conf").items()
        if key != "addons_path"
    }


@pytest.mark.parametrize("name", ["odoo.dev.conf", "odoo.prod.conf"])
def test_odoo_knows_every_option(name):
    for key, value in _options(name).items():
        option = odoo_config.options_index.get(key)
        assert option is not None and option.file_loadable, key
        if key != "addons_path":  # its folders exist in the image only
            odoo_config.parse(key, value)


@pytest.mark.parametrize("name", ["odoo.dev.conf", "odoo.prod.conf"])
def test_every_option_says_why(name):
    """A comment stands before each option, or before the group that it belongs to."""
    lines = (CONFIG / name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+ = ", line):
            above = lines[number - 1]
            assert above.startswith("#") or re.match(r"limit_time_\w+ = 0", above), line


def test_production_is_closed(prod):
    assert prod["list_db"] is False
    assert prod["proxy_mode"] is True
    assert "admin_passwd" not in prod and "db_password" not in prod
    assert prod["http_port"] != prod["gevent_port"]


def test_production_carries_80_users(prod):
    assert prod["workers"] * 6 >= 80
    assert prod["limit_memory_soft"] < prod["limit_memory_hard"]
    assert prod["limit_time_cpu"] <= prod["limit_time_real"]
    assert prod["limit_time_real_cron"] > prod["limit_time_real"]


def test_connections_fit_into_postgresql(prod):
    text = (CONFIG / "postgresql.conf.example").read_text(encoding="utf-8")
    allowed = int(re.search(r"^max_connections = (\d+)", text, re.M)[1])
    processes = prod["workers"] + prod["max_cron_threads"]
    wanted = processes * prod["db_maxconn"] + prod["db_maxconn_gevent"]
    assert wanted <= allowed - 20  # superuser's reserve, bridge, psql, backup


def test_postgresql_accepts_its_file(tmp_path):
    """The server itself reads the file (`-C` starts nothing and may run as root)."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    server = str(found[-1]) if found else _need("postgres")
    for spoil, accepted in (("", True), ("shared_bufers = 1GB\n", False)):
        file = tmp_path / "postgresql.conf"
        text = (CONFIG / "postgresql.conf.example").read_text(encoding="utf-8")
        file.write_text(text + spoil)
        done = subprocess.run(
            [server, "-C", "jit", "-D", str(tmp_path), "-c", f"config_file={file}"],
            capture_output=True,
            text=True,
        )
        assert (done.returncode == 0) is accepted, done.stderr
        if accepted:
            assert done.stdout == "off\n"


# ----------------------------------------------------------------
# config/nginx.conf.example, served by a real nginx
# ----------------------------------------------------------------


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _certificate(folder):
    """Write a self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


class _Upstream(http.server.BaseHTTPRequestHandler):
    """Answers with its own name and the headers that it got."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        lines = [self.server.label, self.path]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        body = ("\n".join(lines) + "\n" + "x" * 4000).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_arguments):
        pass


def _nginx_config(folder, ports):
    """Write a whole nginx.conf around the example, with this test's ports and paths."""
    text = (CONFIG / "nginx.conf.example").read_text(encoding="utf-8")
    for old, new in (
        ("odoo:8069", f"127.0.0.1:{ports['odoo']}"),
        ("odoo:8072", f"127.0.0.1:{ports['websocket']}"),
        ("listen 80;", f"listen 127.0.0.1:{ports['http']};"),
        ("listen 443 ", f"listen 127.0.0.1:{ports['https']} "),
        ("/etc/nginx/tls/", f"{folder}/"),
        ("/var/cache/nginx/odoo", f"{folder}/cache"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {folder}/site.conf;\n}}\n"
    )
    return folder / "nginx.conf"


def _nginx(config, *arguments):
    folder = config.parent
    return [
        *(_need("nginx"), "-p", str(folder), "-e", str(folder / "error.log")),
        *("-c", str(config), *arguments),
    ]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """Run nginx with the example before two stand-ins for Odoo; return its ports."""
    folder = tmp_path_factory.mktemp("nginx")
    _certificate(folder)
    ports = {name: _free_port() for name in ("http", "https", "odoo", "websocket")}
    upstreams = []
    for label in ("odoo", "websocket"):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", ports[label]), _Upstream)
        server.label = label
        threading.Thread(target=server.serve_forever, daemon=True).start()
        upstreams.append(server)
    config = _nginx_config(folder, ports)
    tested = subprocess.run(_nginx(config, "-t"), capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(_nginx(config))
    try:
        for _attempt in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", ports["https"])) == 0:
                    break
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield ports
    finally:
        process.terminate()
        process.wait(10)
        for server in upstreams:
            server.shutdown()


def _ask(ports, path, method="GET", body=None, **headers):
    """Ask nginx over TLS; return (response, text)."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1",
        ports["https"],
        context=ssl._create_unverified_context(),
        timeout=10,
    )
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response, response.read().decode("latin-1")
    finally:
        connection.close()


def test_http_is_sent_to_https(proxy):
    connection = http.client.HTTPConnection("127.0.0.1", proxy["http"], timeout=10)
    connection.request("GET", "/odoo?x=1", headers={"Host": "crm.example.com"})
    response = connection.getresponse()
    assert response.status == 301
    assert response.headers["Location"] == "https://crm.example.com/odoo?x=1"
    connection.close()


def test_pages_go_to_odoo_with_true_headers(proxy):
    response, text = _ask(proxy, "/odoo", Host="crm", **{"X-Forwarded-For": "6.6.6.6"})
    assert response.status == 200
    assert text.startswith("odoo\n/odoo\n")
    assert "X-Forwarded-Proto: https" in text and "X-Forwarded-Host: crm" in text
    assert "X-Forwarded-For: 127.0.0.1" in text and "6.6.6.6" not in text
    assert "max-age=" in response.headers["Strict-Transport-Security"]


def test_websocket_goes_to_its_own_port(proxy):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    _response, text = _ask(proxy, "/websocket?version=19.0-2", **upgrade)
    assert text.startswith("websocket\n")
    assert "Upgrade: websocket" in text and "Connection: upgrade" in text


@pytest.mark.parametrize("path", ["/web/database/manager", "/web/database/backup"])
def test_database_manager_is_unreachable(proxy, path):
    response, text = _ask(proxy, path, "POST")
    assert response.status == 404 and "odoo\n" not in text


def test_text_is_compressed_and_assets_are_cached(proxy):
    response, _text = _ask(proxy, "/odoo", **{"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    _response, first = _ask(proxy, "/web/assets/abc/web.js", **{"X-Ask": "first"})
    _response, second = _ask(proxy, "/web/assets/abc/web.js", **{"X-Ask": "second"})
    assert "X-Ask: first" in first and second == first


def test_a_big_list_can_be_uploaded(proxy):
    response, _text = _ask(proxy, "/web/upload", "POST", b"x" * 3_000_000)
    assert response.status == 200
    response, _text = _ask(
        proxy, "/web/upload", "POST", b"x", **{"Content-Length": str(600 * 2**20)}
    )
    assert response.status == 413


def test_guessing_passwords_is_slowed_down(proxy):
    answers = [_ask(proxy, "/web/login", "POST")[0].status for _try in range(60)]
    assert answers[0] == 200, "a shift's start must get through"
    assert answers[:30].count(429) == 0 and answers.count(429) >= 5
    assert _ask(proxy, "/odoo")[0].status == 200


# ----------------------------------------------------------------
# LICENSE
# ----------------------------------------------------------------


def test_licence_is_the_full_agpl():
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
