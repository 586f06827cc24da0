"""Brings the settings together: defaults, then pantau.yaml, then the environment, then secrets.

`PANTAU__SNMP__TIMEOUT=2s` is `snmp.timeout` of the file and goes before it. Paths in the file are
relative to the file, paths in the environment to the working directory.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from collector.config.credentials import LONGER, SECRETS, TOO_SHORT, CredentialSettings, is_short
from collector.config.findings import check_shape
from collector.config.problems import Place, Problem, ProblemsError, did_you_mean, place_text
from collector.config.reader import Document, YamlMapping, read_file
from collector.config.report import LOGO_FORMS, ReportSettings
from collector.config.secrets import SecretError, read_secret
from collector.config.settings import (
    ADOPTED,
    NAMED_SECTIONS,
    REGISTERED,
    Config,
    Settings,
    section_of,
    setting_names,
)
from collector.config.shape import keys_of
from collector.contract import PLAIN
from collector.model import Credential, Rule

PREFIX = "PANTAU__"
NO_FILE = "embedded defaults"
_FILE = "_file"


class ConfigError(ProblemsError):
    """The configuration cannot be used."""


@dataclass(slots=True)
class Loaded:
    """What was read, with where from, so that later problems can name the place."""

    document: Document
    config: Config | None
    problems: list[Problem] = field(default_factory=list)
    credential_names: frozenset[str] = frozenset()  # also of those whose secret cannot be read


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Return the settings in force. Without a file, the embedded defaults and the environment.

    Raises ConfigError with every problem at once.
    """
    loaded = read_config(path, environ)
    if loaded.config is None or loaded.problems:
        raise ConfigError(loaded.problems)
    return loaded.config


def read_config(path: Path | None, environ: Mapping[str, str]) -> Loaded:
    """Like `load_config`, returning the problems together with whatever could be read."""
    try:
        document = Document(NO_FILE, YamlMapping(1)) if path is None else read_file(path)
    except ProblemsError as error:
        return Loaded(Document(str(path), YamlMapping(1)), None, list(error.problems))
    origins = _Origins(document, Path.cwd() if path is None else path.absolute().parent)
    origins.problems.extend(_apply_environment(document.data, environ, origins))
    settings, problems = check_shape(Settings, document)
    origins.problems.extend(origins.renamed(problem) for problem in problems)
    if settings is None:
        return Loaded(document, None, origins.problems)
    config = _config_of(settings, origins, path)
    return Loaded(document, config, origins.problems, frozenset(settings.credentials))


def variable_of(name: str) -> str:
    """Return the environment variable of a setting, e.g. of `snmp.timeout`."""
    return PREFIX + name.replace(".", "__").upper()


# --- the environment --------------------------------------------------------------------------


@dataclass(slots=True)
class _Origins:
    """Where each place was set: in the file, or by which variable."""

    document: Document
    folder: Path
    variables: dict[Place, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def folder_of(self, place: Place) -> Path:
        return Path.cwd() if place in self.variables else self.folder

    def has_defaults(self, key: str) -> bool:
        """Say whether a place outside is to be left alone: there is no file and no variable."""
        return self.document.file == NO_FILE and (key,) not in self.variables

    def problem(self, place: Place, problem: str, remedy: str) -> Problem:
        variable = self.variables.get(place)
        if variable is not None:
            return Problem("environment", None, variable, problem, remedy)
        line = self.document.line_of(place)
        return Problem(self.document.file, line, place_text(place), problem, remedy)

    def renamed(self, problem: Problem) -> Problem:
        """Let a problem of a place that a variable has set name the variable."""
        for place, variable in self.variables.items():
            if problem.place == place_text(place):
                return Problem("environment", None, variable, problem.problem, problem.remedy)
        return problem


def _apply_environment(
    data: YamlMapping, environ: Mapping[str, str], origins: _Origins
) -> Iterator[Problem]:
    """Write the variables into `data`; yield a problem for each that fits nowhere."""
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        words = variable.removeprefix(PREFIX).split("__")
        place = _place_of(words, data)
        if place is None:
            remedy = did_you_mean(variable, (variable_of(name) for name in setting_names()))
            yield Problem("environment", None, variable, "is no setting", remedy)
        elif _set(data, place, environ[variable]):
            origins.variables[place] = variable
        else:
            yield origins.problem(place[:1], "is no mapping", f"mend it, so that {variable} fits")


def _place_of(words: list[str], data: YamlMapping) -> Place | None:
    """Return the place a variable means; None: there is no such setting."""
    first = _match(words[0], keys_of(Settings))
    section = None if first is None else section_of(first)
    if first is None:
        return None
    if section is None:
        return (first,) if len(words) == 1 else None
    key = _match(words[-1], keys_of(section))
    if key is None:
        return None
    if first not in NAMED_SECTIONS:
        return (first, key) if len(words) == 2 else None
    if len(words) != 3 or not words[1]:
        return None
    written = data.get(first)
    names = [str(name) for name in written] if isinstance(written, YamlMapping) else []
    return (first, _match(words[1], names) or words[1].lower(), key)


def _match(word: str, names: Iterable[str]) -> str | None:
    """Find a name as variables can write it: no difference of case, no dashes."""
    wanted = word.lower()
    return next((name for name in names if name.lower().replace("-", "_") == wanted), None)


def _set(data: YamlMapping, place: Place, value: str) -> bool:
    """Put a value in its place, making sections. A secret drives out its other spelling."""
    node = data
    for step in place[:-1]:
        if node.get(step) is None:
            node[step] = YamlMapping(node.line)
            node.lines.setdefault(step, node.line)
        inner = node[step]
        if not isinstance(inner, YamlMapping):
            return False
        node = inner
    key = str(place[-1])
    node.pop(key.removesuffix(_FILE) if key.endswith(_FILE) else key + _FILE, None)
    node[key] = value
    node.lines.setdefault(key, node.line)
    node.written.pop(key, None)
    return True


# --- from settings to config ------------------------------------------------------------------


def _config_of(settings: Settings, origins: _Origins, path: Path | None) -> Config:
    mqtt = settings.mqtt
    if mqtt is not None and mqtt.password_file is not None:
        secret = _read_secret(mqtt.password_file, ("mqtt", "password_file"), origins)
        mqtt = mqtt.model_copy(update={"password": secret, "password_file": None})
    if mqtt is not None and mqtt.ca_file is not None:
        mqtt = mqtt.model_copy(update={"ca_file": _certificates(mqtt.ca_file, origins)})
    rule = settings.rule
    influxdb = settings.influxdb
    for name in ("token", "read_token"):
        if influxdb is not None and (file := getattr(influxdb, name + _FILE)) is not None:
            secret = _read_secret(file, ("influxdb", name + _FILE), origins)
            influxdb = influxdb.model_copy(update={name: secret, name + _FILE: None})
    grafana = settings.grafana
    if grafana is not None and grafana.token_file is not None:
        secret = _read_secret(grafana.token_file, ("grafana", "token_file"), origins)
        grafana = grafana.model_copy(update={"token": secret, "token_file": None})
    exports = settings.exports
    if exports.token_file is not None:
        secret = _read_secret(exports.token_file, ("exports", "token_file"), origins)
        exports = exports.model_copy(update={"token": secret, "token_file": None})
    return Config(
        collector_id=settings.collector_id,
        data_directory=_absolute(settings.data_directory, ("data_directory",), origins),
        zone=settings.zone,
        language=settings.language,
        inventory=tuple(_find_inventory(settings, origins)),
        profiles=tuple(_find_profiles(settings, origins)),
        api=settings.api,
        ping=settings.ping,
        snmp=settings.snmp,
        mqtt=mqtt,
        traps=settings.traps,
        influxdb=influxdb,
        grafana=grafana,
        exports=exports,
        indicators=_indicators_file(settings, origins),
        rule=Rule(rule.confirm, rule.recover, rule.retry_seconds, rule.fresh),
        credentials=dict(_read_credentials(settings, origins)),
        contracts={name: it.rules(name) for name, it in settings.contracts.items()},
        contract=_contract_in_force(settings, origins),
        file=path,
        alerts=_alerts_file(settings, origins),
        report=_report(settings, origins),
    )


def _report(settings: Settings, origins: _Origins) -> ReportSettings:
    """Return what is said of reports, with the logo's path as it can be opened."""
    report, place = settings.report, ("report", "logo")
    if report.day is not None and settings.alerts is None:
        what = "a report is to be sent, and alerts.yaml is not named"
        remedy = "name it with the setting alerts: its channels carry the report; or remove day"
        origins.problems.append(origins.problem(("report", "day"), what, remedy))
    if report.logo is None:
        return report
    path = _absolute(report.logo, place, origins)
    if not path.is_file() or path.suffix.lower() not in LOGO_FORMS:
        what = f'"{report.logo}" is no picture'
        remedy = f"name a file that is there and ends in {' or '.join(LOGO_FORMS)}"
        origins.problems.append(origins.problem(place, what, remedy))
    return report.model_copy(update={"logo": str(path)})


def _alerts_file(settings: Settings, origins: _Origins) -> Path | None:
    if settings.alerts is None:
        return None
    path = _absolute(settings.alerts, ("alerts",), origins)
    if path.is_file():
        return path
    what = f'"{settings.alerts}" is no file'
    remedy = "make it, mend the name, or leave the setting out: then nobody is told"
    origins.problems.append(origins.problem(("alerts",), what, remedy))
    return None


def _indicators_file(settings: Settings, origins: _Origins) -> Path | None:
    if settings.indicators is None:
        return None
    path = _absolute(settings.indicators, ("indicators",), origins)
    if path.is_file():
        return path
    what = f'"{settings.indicators}" is no file'
    remedy = "make it, mend the name, or leave the setting out: then the built-in one holds"
    origins.problems.append(origins.problem(("indicators",), what, remedy))
    return None


def _certificates(text: str, origins: _Origins) -> str:
    """Return the path of a broker's authority. A problem when the file holds no certificate."""
    place = ("mqtt", "ca_file")
    path = _absolute(text, place, origins)
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        what = f'"{text}" holds no certificate: {(error.strerror or "unreadable").lower()}'
        origins.problems.append(origins.problem(place, what, "write the authority's PEM file"))
    return str(path)


def _contract_in_force(settings: Settings, origins: _Origins) -> str | None:
    if PLAIN in settings.contracts:
        what = "is the name of the rules without a contract"
        problem = origins.problem(("contracts", PLAIN), what, "give the contract another name")
        origins.problems.append(problem)
    name = settings.contract
    if name is None or name in settings.contracts:
        return name
    if name != PLAIN:  # which is what holds without one
        remedy = did_you_mean(name, settings.contracts)
        problem = origins.problem(("contract",), f'there is no contract "{name}"', remedy)
        origins.problems.append(problem)
    return None


def _absolute(text: str, place: Place, origins: _Origins) -> Path:
    return (origins.folder_of(place) / Path(text).expanduser()).absolute()


def _find_inventory(settings: Settings, origins: _Origins) -> list[Path]:
    """Return the files of all globs, and what was adopted and imported.

    A glob that finds nothing is a problem if it was written.
    """
    found: dict[Path, None] = {}
    data = _absolute(settings.data_directory, ("data_directory",), origins)
    patterns = () if origins.has_defaults("inventory") else settings.inventory
    for pattern in patterns:
        path = _absolute(pattern, ("inventory",), origins)
        root = Path(path.anchor)
        files = sorted(file for file in root.glob(str(path.relative_to(root))) if file.is_file())
        found.update(dict.fromkeys(files))
        if not files and "inventory" in settings.model_fields_set:
            origins.problems.append(
                origins.problem(
                    ("inventory",), f'"{pattern}" finds no file', "make one or mend the name"
                )
            )
    found.update({data / name: None for name in (ADOPTED, REGISTERED) if (data / name).is_file()})
    return list(found)


def _find_profiles(settings: Settings, origins: _Origins) -> list[Path]:
    folders: list[Path] = []
    if origins.has_defaults("profiles"):
        return folders
    for text in settings.profiles:
        folder = _absolute(text, ("profiles",), origins)
        if folder.is_dir():
            folders.append(folder)
        elif "profiles" in settings.model_fields_set:
            origins.problems.append(
                origins.problem(("profiles",), f'"{text}" is no folder', "make it or remove it")
            )
    return folders


def _read_credentials(settings: Settings, origins: _Origins) -> Iterator[tuple[str, Credential]]:
    for name, given in settings.credentials.items():
        secrets = {key: _secret_of(name, given, key, origins) for key in SECRETS}
        wanted = [key for key in SECRETS if getattr(given, key) or getattr(given, key + _FILE)]
        if all(secrets[key] for key in wanted):
            yield (
                name,
                Credential(
                    name,
                    given.version,
                    user=given.user or "",
                    authentication=given.authentication,
                    privacy=given.privacy,
                    context=given.context or "",
                    **secrets,
                ),
            )


def _secret_of(name: str, given: CredentialSettings, key: str, origins: _Origins) -> str:
    """Return a secret of a credential; nothing if there is none, or a problem with its file."""
    secret: SecretStr | None = getattr(given, key)
    file: str | None = getattr(given, key + _FILE)
    if file is not None:
        place = ("credentials", name, key + _FILE)
        secret = _read_secret(file, place, origins)
        if secret is not None and key != "community" and is_short(secret):
            what = f'the password in "{file}" is {TOO_SHORT}'
            origins.problems.append(origins.problem(place, what, LONGER))
    return "" if secret is None else secret.get_secret_value()


def _read_secret(text: str, place: Place, origins: _Origins) -> SecretStr | None:
    """Read a secret file. A problem, and mostly None, when it cannot be used."""
    try:
        return read_secret(_absolute(text, place, origins), text)
    except SecretError as error:
        origins.problems.append(origins.problem(place, error.problem, error.remedy))
        return error.secret
